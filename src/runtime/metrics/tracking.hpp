#pragma once

#include "runtime/fields.hpp"
#include "runtime/vision/box.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace vpaas {

/// A box of somebody.
struct identified_box {
  box where;
  uint64_t identity = 0; ///< the same through all frames
  /// Only of truth, as in MOTChallenge: it is there, but nobody has to find
  /// it, and who finds it is not wrong.
  bool ignored = false;
};

/// How well identities were kept. CLEAR MOT: Bernardin and Stiefelhagen,
/// "Evaluating Multiple Object Tracking Performance", EURASIP JIVP 2008;
/// identity measures: Ristani et al., "Performance Measures and a Data Set for
/// Multi-Target, Multi-Camera Tracking", ECCV workshops 2016.
struct tracking_report {
  uint64_t frames = 0;
  uint64_t objects = 0;  ///< boxes of truth that count
  uint64_t boxes = 0;    ///< found, those on ignored truth left out
  uint64_t missed = 0;   ///< FN
  uint64_t wrong = 0;    ///< FP
  uint64_t switches = 0; ///< IDSW: an object has another track than before
  double mota = 0;       ///< 1 - (FN + FP + IDSW) / objects; may be negative
  double motp = 0;       ///< mean IoU of matched boxes
  uint64_t id_right = 0; ///< IDTP
  double idf1 = 0;       ///< 2 IDTP / (objects + boxes)
  double id_precision = 0;
  double id_recall = 0;

  static constexpr auto type_name = "tracking_report";

  static constexpr auto fields() {
    using self = tracking_report;
    return std::make_tuple(
      field("frames", &self::frames), field("objects", &self::objects),
      field("boxes", &self::boxes), field("missed", &self::missed),
      field("wrong", &self::wrong), field("switches", &self::switches),
      field("mota", &self::mota), field("motp", &self::motp),
      field("id_right", &self::id_right), field("idf1", &self::idf1),
      field("id_precision", &self::id_precision),
      field("id_recall", &self::id_recall));
  }
};

/// Compares tracks with known identities, frame by frame, in order. Boxes match
/// at IoU 0.5 or more. An object that had a track in the frame before keeps it
/// where both still match; the others are matched so that most match, then by
/// the greatest sum of IoU. A switch is counted where an object's track is
/// another than at its last match, however long ago. Boxes that match ignored
/// truth, when all are matched with all, are left out before anything is
/// counted.
class tracking_meter {
public:
  /// @pre an identity stands once in a frame, on each side
  void add(const std::vector<identified_box>& there,
           const std::vector<identified_box>& found);

  /// O(n^3) in the number of identities. Without any object MOTA and IDF1 are
  /// 1 where nothing was found, else 0.
  tracking_report report() const;

private:
  void count_matches(const std::vector<identified_box>& there,
                     const std::vector<identified_box>& found);

  void count_identities(const std::vector<identified_box>& there,
                        const std::vector<identified_box>& found);

  uint64_t id_right() const;

  tracking_report sums_;
  double overlap_ = 0;                ///< sum of IoU of matched boxes
  std::map<uint64_t, uint64_t> last_; ///< track of an object's last match
  std::map<uint64_t, uint64_t> now_;  ///< matches of the frame before
  /// Frames where both match, by object and track.
  std::map<std::pair<uint64_t, uint64_t>, uint64_t> together_;
};

} // namespace vpaas
