#pragma once

#include "runtime/fields.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <cstdint>

namespace vpaas {

/// Which siblings a dead child takes along, in OTP's words.
enum class strategy : uint8_t {
  one_for_one,  ///< none
  one_for_all,  ///< all of them
  rest_for_one, ///< those that were started after it
  /// None: the children are many and alike. The first that is listed is what
  /// all are made of and does not start itself; they stop all at once.
  simple_one_for_one,
};

constexpr auto names_of(strategy) {
  return std::array{"one_for_one", "one_for_all", "rest_for_one",
                    "simple_one_for_one"};
}

/// When a child that ended is started again, in OTP's words.
enum class restart_type : uint8_t {
  permanent, ///< always
  transient, ///< unless it ended normally
  temporary, ///< never
};

constexpr auto names_of(restart_type) {
  return std::array{"permanent", "transient", "temporary"};
}

/// When a supervisor ends normally because significant children did, in OTP's
/// words.
enum class auto_shutdown : uint8_t {
  never,
  any_significant, ///< with the first of them
  all_significant, ///< with the last of them
};

constexpr auto names_of(auto_shutdown) {
  return std::array{"never", "any_significant", "all_significant"};
}

/// How a supervisor treats its children.
struct supervision {
  strategy how = strategy::one_for_one;
  uint32_t intensity = 5; ///< restarts within `period` that are still borne
  caf::timespan period = std::chrono::seconds(30);
  /// The wait before the first restart; it doubles up to `max_delay`, each with
  /// jitter, and starts anew when the child has lived for `period`.
  caf::timespan delay = std::chrono::milliseconds(50);
  caf::timespan max_delay = std::chrono::seconds(5);
  auto_shutdown shutdown = auto_shutdown::never;

  static constexpr auto type_name = "supervision";

  static constexpr auto fields() {
    using self = supervision;
    return std::make_tuple(
      field("strategy", &self::how), field("intensity", &self::intensity),
      field("period", &self::period), field("delay", &self::delay),
      field("max_delay", &self::max_delay),
      field("auto_shutdown", &self::shutdown));
  }
};

} // namespace vpaas
