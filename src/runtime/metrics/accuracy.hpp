#pragma once

#include "runtime/fields.hpp"
#include "runtime/vision/detection.hpp"
#include "runtime/vision/truth.hpp"

#include <cstdint>
#include <vector>

namespace vpaas {

/// Boxes that were found, objects that are there, and how they agree.
struct match_counts {
  uint64_t right = 0;  ///< boxes that match an object (true positives)
  uint64_t wrong = 0;  ///< boxes that match none (false positives)
  uint64_t missed = 0; ///< objects that no box matches (false negatives)

  match_counts& operator+=(const match_counts& x);

  /// right / (right + wrong); 1 where no box was found.
  double precision() const;

  /// right / (right + missed); 1 where no object is there.
  double recall() const;

  /// 2 right / (2 right + wrong + missed), the harmonic mean of the two; 1
  /// where nothing is there and nothing was found.
  double f1() const;
};

/// What is reported of one protocol.
struct f1_score {
  double value = 0; ///< F1, in [0, 1]
  double precision = 0;
  double recall = 0;

  static constexpr auto type_name = "f1_score";

  static constexpr auto fields() {
    return std::make_tuple(field("value", &f1_score::value),
                           field("precision", &f1_score::precision),
                           field("recall", &f1_score::recall));
  }
};

/// Counts of one frame under our headline protocol: one-to-one matching, best
/// score first, at IoU 0.5 or more (`match_one_to_one`).
/// @param by_label false: a box counts wherever something is, whatever it is
match_counts count_one_to_one(const std::vector<detection>& found,
                              const std::vector<truth_object>& there,
                              bool by_label = true);

/// How large boxes may be in DDS's evaluation, as a share of the frame.
inline constexpr float dds_max_area = 0.04f; // workspace/examine.py

/// Counts of one frame as DDS counts (KuntaiDu/dds, workspace/examine.py and
/// dds_utils.evaluate): boxes and objects above `dds_max_area` are left out; a
/// box is right where *any* object overlaps it by IoU 0.3 or more, an object is
/// missed where no box does. One object may make many boxes right. DDS keeps
/// boxes of one class only; with several, a match needs the same label.
match_counts count_dds(const std::vector<detection>& found,
                       const std::vector<truth_object>& there);

/// How large boxes may be in AccMPEG's evaluation, as a share of the frame.
inline constexpr float accmpeg_max_area = 0.08f; // filter_large_bbox

/// Scores of one frame as AccMPEG scores (KuntaiDu/AccMPEG,
/// dnn/fasterrcnn_resnet50.py, calc_accuracy): boxes and objects of
/// `accmpeg_max_area` or more are left out; an object is found where any box of
/// its label overlaps it by more than IoU 0.5, and boxes beyond the number of
/// found objects are wrong. Theirs lets one box find several objects, so that
/// F1 may exceed 1; here no more are found than there are boxes. All three are
/// 1 where both lists are empty and 0 where one is.
f1_score score_accmpeg(const std::vector<detection>& found,
                       const std::vector<truth_object>& there);

/// All protocols over the same frames.
struct accuracy_report {
  uint64_t frames = 0;
  uint64_t boxes = 0;   ///< that were found
  uint64_t objects = 0; ///< that are there
  f1_score one_to_one;  ///< the headline
  f1_score anywhere;    ///< the same without labels: was it located at all
  f1_score dds;
  f1_score accmpeg; ///< means over the frames

  static constexpr auto type_name = "accuracy_report";

  static constexpr auto fields() {
    using self = accuracy_report;
    return std::make_tuple(
      field("frames", &self::frames), field("boxes", &self::boxes),
      field("objects", &self::objects), field("one_to_one", &self::one_to_one),
      field("anywhere", &self::anywhere), field("dds", &self::dds),
      field("accmpeg", &self::accmpeg));
  }
};

/// Compares what was found with what is there, frame by frame. The caller
/// leaves out boxes below its operating threshold: DDS and AccMPEG have fixed
/// ones for their one detector, ours are calibrated for each. Objects that are
/// ignored count nowhere, nor do boxes that lie on one and match no other.
class accuracy_meter {
public:
  void add(const std::vector<detection>& found,
           const std::vector<truth_object>& there);

  accuracy_report report() const;

  /// The headline's counts so far.
  const match_counts& counts() const {
    return one_to_one_;
  }

private:
  uint64_t frames_ = 0, boxes_ = 0, objects_ = 0;
  match_counts one_to_one_, anywhere_, dds_;
  f1_score accmpeg_; ///< sums
};

} // namespace vpaas
