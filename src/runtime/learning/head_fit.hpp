#pragma once

#include "runtime/learning/head_rows.hpp"
#include "runtime/learning/one_vs_all.hpp"
#include "runtime/metrics/accuracy.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// A crop that a teacher named.
struct head_lesson {
  hinted_region place;
  int32_t truth = -1; ///< index of its class; -1: background
  uint32_t frame = 0; ///< index into `head_lessons::frames`
  /// A region that the protocol produced. Others, such as crops at the
  /// teacher's own boxes, are material to learn from and never count.
  bool region = true;
};

/// A frame that lessons come from.
struct lesson_frame {
  uint32_t source = 0; ///< frames of one camera follow each other
  match_counts cloud;  ///< what the cloud's labels reach with no region named
};

/// Everything that heads are fitted on.
struct head_lessons {
  std::vector<std::string> classes;
  std::vector<std::vector<std::string>> hints; ///< see `one_vs_all`
  uint32_t dimensions = 0;                     ///< d
  std::vector<float> features; ///< [lessons, d], as they leave the backbone
  std::vector<head_lesson> lessons;
  std::vector<lesson_frame> frames;
};

/// One way to fit heads, and what it reached on frames that it did not see.
struct head_trial {
  head_inputs inputs = head_inputs::features;
  float strength = 1; ///< of the regularisation
  bool extra = false; ///< whether lessons that are no regions were used
  double f1 = 0;      ///< mean over the sources, regions named
  std::vector<float> thresholds;

  static constexpr auto type_name = "head_trial";

  static constexpr auto fields() {
    using self = head_trial;
    return std::make_tuple(field("inputs", &self::inputs),
                           field("strength", &self::strength),
                           field("extra", &self::extra), field("f1", &self::f1),
                           field("thresholds", &self::thresholds));
  }
};

/// What fitting found; F1s are held-out means over the sources.
struct head_fit {
  one_vs_all heads;
  std::vector<uint64_t> positives; ///< regions of each class
  uint64_t regions = 0;
  double f1_cloud = 0;   ///< no region named
  double f1_perfect = 0; ///< every region named as the teacher would
  head_trial chosen;
  std::vector<head_trial> trials; ///< that it was chosen from

  static constexpr auto type_name = "head_fit";

  static constexpr auto fields() {
    using self = head_fit;
    return std::make_tuple(
      field("positives", &self::positives), field("regions", &self::regions),
      field("f1_cloud", &self::f1_cloud),
      field("f1_perfect", &self::f1_perfect), field("chosen", &self::chosen),
      field("trials", &self::trials));
  }
};

struct head_fit_config {
  size_t folds = 4; ///< runs of frames, each held out once
  /// Fewer regions of a class than this say nothing: its head is off.
  size_t min_positives = 5;
  /// What naming may cost a source on held-out frames, in wrong boxes: few
  /// regions are held out, and one of them is no proof of harm.
  double max_harm = 1;
};

/// Fits one-vs-all heads with logistic regression [IV-B, V].
///
/// What the heads look at (features, clues or both), how strongly they are
/// regularised, and whether crops that are no regions help is chosen by F1 on
/// held-out runs of frames: those next to each other show the same objects.
/// On the same scores each class gets the threshold from which naming raises
/// that F1; one that raises it nowhere, or that costs a source more than
/// `max_harm`, is off (threshold 2). Without any region, heads are fitted on
/// features and thresholds are a half. Deterministic; seconds for a few
/// thousand lessons.
head_fit fit_heads(const head_lessons& xs, const head_fit_config& cfg = {});

} // namespace vpaas
