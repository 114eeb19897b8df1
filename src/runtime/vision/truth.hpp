#pragma once

#include "runtime/fields.hpp"
#include "runtime/vision/box.hpp"

#include <cstdint>
#include <vector>

namespace vpaas {

/// An object that is known to be there.
struct truth_object {
  box where; ///< of what can be seen of it
  int32_t label = 0;
  uint64_t identity = 0; ///< the same through all frames
  /// Nobody has to find it, and who finds it is not wrong.
  bool ignored = false;

  static constexpr auto type_name = "truth_object";

  static constexpr auto fields() {
    return std::make_tuple(field("where", &truth_object::where),
                           field("label", &truth_object::label),
                           field("identity", &truth_object::identity),
                           field("ignored", &truth_object::ignored));
  }
};

/// All objects of one frame. For evaluation; no pipeline reads it.
struct frame_truth {
  uint64_t frame = 0; ///< its number in the stream
  std::vector<truth_object> objects;

  static constexpr auto type_name = "frame_truth";

  static constexpr auto fields() {
    return std::make_tuple(field("frame", &frame_truth::frame),
                           field("objects", &frame_truth::objects));
  }
};

} // namespace vpaas
