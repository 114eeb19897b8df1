#pragma once

#include "runtime/vision/detection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// Thresholds of the High and Low protocol [IV-B]. The paper gives no values;
/// these are ours, and a model's card may calibrate its own.
struct region_filter_config {
  float theta_cls = 0.5f;   ///< a box scored at least this has its label
  float theta_loc = 0.5f;   ///< a region is located at least this well
  float theta_iou = 0.3f;   ///< and overlaps every label by less than this
  float theta_back = 0.04f; ///< and covers less than this share of the frame
  float theta_merge = 0.5f; ///< of two regions that overlap more, one travels

  static constexpr auto type_name = "region_filter_config";

  static constexpr auto fields() {
    using self = region_filter_config;
    return std::make_tuple(field("theta_cls", &self::theta_cls),
                           field("theta_loc", &self::theta_loc),
                           field("theta_iou", &self::theta_iou),
                           field("theta_back", &self::theta_back),
                           field("theta_merge", &self::theta_merge));
  }

  /// Returns what is wrong with a value, as "theta_loc is 2; allowed: 0 to 1".
  std::optional<std::string> validate() const;
};

/// What the cloud answers for one frame.
struct filtered {
  std::vector<detection> labels; ///< named: in the order of the input
  std::vector<region> regions;   ///< located only: best location score first
};

/// Splits the detections of one frame into labels and the regions that the fog
/// has to name: well located, no repetition of a label, too small to be
/// background, and merged where they overlap one another.
filtered filter_regions(const std::vector<detection>& xs,
                        const region_filter_config& cfg);

} // namespace vpaas
