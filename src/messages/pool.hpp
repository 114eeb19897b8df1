#pragma once

#include "messages/item.hpp"
#include "runtime/policy/job_queue.hpp"

#include <caf/timespan.hpp>

#include <cstdint>

namespace vpaas {

/// Work for a pool.
struct job {
  item input;
  uint8_t priority = 0; ///< higher goes first, first come first among equals
  /// The longest wait for a worker, from arrival; then the answer is the error
  /// `deadline`. 0: none. What a worker has begun is finished and answered.
  caf::timespan deadline{0};

  static constexpr auto type_name = "job";

  static constexpr auto fields() {
    return std::make_tuple(field("input", &job::input),
                           field("priority", &job::priority),
                           field("deadline", &job::deadline));
  }
};

} // namespace vpaas
