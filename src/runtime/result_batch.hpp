#pragma once

#include "runtime/event.hpp"
#include "runtime/result.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <vector>

namespace vpaas {

/// Results of one stream in the order of their answers, on their way through
/// its functions of results. Stays in its process.
struct result_batch {
  std::vector<frame_result> results;
  /// What went out before, in the order of frames: for a function that does not
  /// know the stream yet.
  std::vector<frame_result> before;
  std::vector<event> events; ///< raised by the functions

  static constexpr auto type_name = "result_batch";
};

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::result_batch)
