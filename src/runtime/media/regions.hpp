#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/vision/detection.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// A full-quality keyframe and the places on it that need a name. Stays in its
/// process.
struct regions {
  frame picture;
  std::vector<region> places;
  std::vector<std::string> names; ///< what the places' hints stand for
  std::vector<box> named{};       ///< places beside them that have a name
  int64_t budget = -1; ///< pixels that a second look may take; -1: as it is set

  static constexpr auto type_name = "regions";
};

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::regions)
