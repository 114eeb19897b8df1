#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/vision/detection.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// A full-quality keyframe and what the cloud found on it, if it was asked.
/// Stays in its process.
struct answered_frame {
  frame picture;
  bool answered = false;          ///< the cloud was asked and said something
  std::vector<detection> labels;  ///< that it found and named
  std::vector<std::string> names; ///< what they stand for

  static constexpr auto type_name = "answered_frame";
};

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::answered_frame)
