#pragma once

#include "runtime/fields.hpp"
#include "runtime/vision/box.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// An object that somebody marked in a frame.
struct marked_object {
  box where; ///< of what lies in the picture
  std::string label;
  uint64_t identity = 0; ///< the same through all frames; 0: nobody knows
  float visible = 1;     ///< share that nothing hides, in [0, 1]
  bool ignored = false;  ///< it is there, but nobody has to find it

  static constexpr auto type_name = "marked_object";

  static constexpr auto fields() {
    using self = marked_object;
    return std::make_tuple(
      field("where", &self::where), field("label", &self::label),
      field("identity", &self::identity), field("visible", &self::visible),
      field("ignored", &self::ignored));
  }
};

/// Formats with a flag in place of a share: whether it is set.
constexpr bool is_occluded(const marked_object& x) {
  return x.visible < .5f;
}

/// What people marked in a video.
struct marked_video {
  uint32_t width = 0, height = 0; ///< of a frame, in pixels; 0: nobody knows
  double fps = 0;                 ///< 0: nobody knows
  /// Names that may occur, in the order of their numbers.
  std::vector<std::string> labels;
  /// By number of the frame, from 0 in the order in which they are shown.
  std::map<uint64_t, std::vector<marked_object>> frames;
  /// Nobody looked at frames that are not listed; else nothing is there.
  bool partial = false;
};

/// Adds the labels of objects that `x.labels` lacks, in order of appearance.
void list_labels(marked_video& x);

} // namespace vpaas
