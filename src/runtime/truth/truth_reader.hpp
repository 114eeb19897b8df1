#pragma once

#include "runtime/truth/truth_format.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace vpaas {

/// A file of truth is not as its format wants it. Thrown by readers and writers
/// of formats only, and caught by `parse_truth` and `print_truth`.
struct malformed : std::runtime_error {
  malformed(const std::string& where, const std::string& what)
    : std::runtime_error((where.empty() ? "" : where + ": ") + what) {
    // nop
  }
};

/// Corners in pixels from the upper left edge of the picture, so that a picture
/// of width w ends at x = w.
struct pixel_box {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

/// The smallest upright box around one that is turned.
/// @param degrees clockwise @param pivot share of width and height around which
///        it was turned: 0.5 for the middle, 0 for the upper left corner
pixel_box turned(const pixel_box& x, double degrees, double pivot);

/// Collects what a format says of a video, and checks it.
class truth_reader {
public:
  explicit truth_reader(const truth_reading& how);

  /// Takes the size of a frame; the one that was given before must agree.
  void size(double width, double height, const std::string& where);

  void fps(double x);

  /// @throws malformed unless the size is known
  void need_size(const std::string& where, const std::string& remedy) const;

  void label(const std::string& name, const std::string& where);

  const std::vector<std::string>& labels() const {
    return out_.video.labels;
  }

  /// The name of a label by its number, from 0.
  const std::string& label_at(double number, const std::string& where) const;

  /// Somebody looked at this frame.
  void look_at(uint64_t frame, const std::string& where);

  /// Frames `start`, `start + step`, ...
  void look_at(uint64_t start, uint64_t count, uint64_t step,
               const std::string& where);

  /// Frames from `from` to below `to` that somebody looked at.
  std::vector<uint64_t> looked_at(uint64_t from, uint64_t to) const;

  /// Adds an object in a frame, `x.where` aside.
  void add(uint64_t frame, marked_object x, const pixel_box& pixels,
           const std::string& where);

  /// The same with a box in shares of the picture.
  void add_share(uint64_t frame, marked_object x, const pixel_box& shares,
                 const std::string& where);

  void leave_out(const std::string& what, uint64_t count = 1);

  double width() const {
    return out_.video.width;
  }

  double height() const {
    return out_.video.height;
  }

  /// What was collected.
  read_truth_result finish();

private:
  read_truth_result out_;
  uint64_t boxes_ = 0;
};

/// A box of a track that was drawn or computed.
struct track_box {
  uint64_t frame = 0;
  pixel_box where;
  bool goes_on = true; ///< it is there until the next one
  bool shown = true;   ///< it is there in this very frame
  float visible = 1;
  bool ignored = false;
};

/// Adds the boxes of a track, and between two of them what lies on a straight
/// line, at frames that somebody looked at.
/// @param shares boxes are shares of the picture, not pixels
/// @param to frame behind the last one that an open end reaches
void add_track(truth_reader& out, const marked_object& what,
               std::vector<track_box> boxes, uint64_t to, bool shares,
               const std::string& where);

// -- texts --------------------------------------------------------------------

/// A whole number from 0. @throws malformed
uint64_t whole_number(const std::string& text, const std::string& where);

/// A finite number. @throws malformed
double finite_number(const std::string& text, const std::string& where);

/// As short as it can be written so that it is read as the same.
std::string number_text(double x);

/// Lines without their ends, and without empty ones at the end.
std::vector<std::string> lines_of(const std::string& text);

std::vector<std::string> parts_of(const std::string& text, char separator);

/// Whether the path is `name`, or ends in it behind a folder.
bool is_called(const std::string& path, const std::string& name);

/// The file called so, in any folder; null: there is none.
const truth_files::value_type* file_called(const truth_files& files,
                                           const std::string& name);

/// The first file whose name ends so; null: there is none.
const truth_files::value_type* file_ending(const truth_files& files,
                                           const std::string& ending);

/// The only file, whatever it is called, or the first whose name ends so; null:
/// there is none.
const truth_files::value_type* text_file(const truth_files& files,
                                         const std::string& ending);

/// Without blanks and quotes around it.
std::string trimmed(const std::string& text);

/// "frame_000015.png" is frame 15, or 14 where `first` is 1. @throws malformed
uint64_t frame_in_name(const std::string& path, const truth_reading& how,
                       const std::string& where);

/// "frame_000015" + ending.
std::string frame_name(uint64_t frame, const std::string& ending);

/// @throws malformed unless the video's size is known
void need_size(const marked_video& x);

/// Between two frames of the video where all are as far from each other.
/// @throws malformed where they are not
uint64_t step_of(const marked_video& x);

} // namespace vpaas
