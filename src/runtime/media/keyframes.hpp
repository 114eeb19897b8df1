#pragma once

#include "runtime/error.hpp"
#include "runtime/media/frame.hpp"
#include "runtime/media/segment.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// What a camera sent, part by part from an intra frame on.
using segment_run = std::vector<std::shared_ptr<const segment>>;

/// Decoded keyframes of one stream, in display order, and those that could not
/// be decoded. Stays in its process: pixels cross nodes as chunks only.
struct keyframes {
  std::string stream;
  std::vector<frame> frames;
  std::vector<uint64_t> lost; ///< numbers
  caf::error problem;         ///< why, if anything was wrong
  segment_run coded{};        ///< that a decoder makes these frames of

  static constexpr auto type_name = "keyframes";
};

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::keyframes)
