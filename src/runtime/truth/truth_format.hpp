#pragma once

#include "runtime/truth/marked_video.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// Texts by path, from the folder on. Of pictures there is the path alone.
using truth_files = std::map<std::string, std::string>;

/// What a format leaves open.
struct truth_reading {
  uint32_t width = 0, height = 0; ///< of a frame, in pixels; 0: as it says
  double fps = 0;                 ///< 0: as it says
  /// Number in the name of the picture that is frame 0, where frames are known
  /// by the names of pictures: 0 for "frame_000000.png", 1 for "000001.jpg".
  uint64_t first = 0;
  /// Names of labels by their numbers, for files that hold numbers alone.
  std::vector<std::string> labels;
};

/// What was read.
struct read_truth_result {
  marked_video video;
  /// What the video cannot hold, and how often it was there: "polygons".
  std::map<std::string, uint64_t> left_out;
};

/// A format of truth: one row of `truth_formats`.
struct truth_format {
  const char* name;
  const char* tool;  ///< what writes and reads it
  const char* path;  ///< what it is: a file, or a folder with ...
  const char* loses; ///< what is not there any more when it was written
  /// Whether these files look like it.
  bool (*detect)(const truth_files&);
  /// May throw `malformed`, and nothing else.
  read_truth_result (*read)(const truth_files&, const truth_reading&);
  /// Null: it is only read.
  truth_files (*write)(const marked_video&);
};

const std::vector<truth_format>& truth_formats();

/// @param name empty: what the files look like
/// @returns ec::bad_config with all names
caf::expected<const truth_format*> find_truth_format(const std::string& name,
                                                     const truth_files& files);

/// @returns ec::bad_input with where, what, and what to do, in one line
caf::expected<read_truth_result> parse_truth(const truth_format& format,
                                             const truth_files& files,
                                             const truth_reading& how = {});

/// Files that hold the video in this format.
/// @returns ec::bad_input where the format cannot hold it, or is only read
caf::expected<truth_files> print_truth(const truth_format& format,
                                       const marked_video& x);

} // namespace vpaas
