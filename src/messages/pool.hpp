#pragma once

#include "messages/item.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <cstdint>

namespace vpaas {

/// What a pool does with a job that finds its queue full.
enum class overflow : uint8_t {
  reject,      ///< answer `overload`
  credit,      ///< as reject, but senders ask for credit first and wait for it
  drop_oldest, ///< the oldest job of the lowest priority answers `overload`
};

constexpr auto names_of(overflow) {
  return std::array{"reject", "credit", "drop_oldest"};
}

/// Work for a pool.
struct job {
  item input;
  uint8_t priority = 0; ///< higher goes first, first come first among equals
  caf::timespan deadline{0}; ///< from arrival; 0: none. Answers `deadline`.

  static constexpr auto type_name = "job";

  static constexpr auto fields() {
    return std::make_tuple(field("input", &job::input),
                           field("priority", &job::priority),
                           field("deadline", &job::deadline));
  }
};

} // namespace vpaas
