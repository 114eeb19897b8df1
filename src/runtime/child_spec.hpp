#pragma once

#include "runtime/document.hpp"
#include "runtime/fields.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// Which siblings a dead child takes along, in OTP's words.
enum class strategy : uint8_t {
  one_for_one,  ///< none
  one_for_all,  ///< all of them
  rest_for_one, ///< those that were started after it
};

constexpr auto names_of(strategy) {
  return std::array{"one_for_one", "one_for_all", "rest_for_one"};
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

/// How a supervisor treats its children.
struct supervision {
  strategy how = strategy::one_for_one;
  uint32_t intensity = 5; ///< restarts within `period` that are still borne
  caf::timespan period = std::chrono::seconds(30);
  /// The wait before the first restart; it doubles up to `max_delay`, each with
  /// jitter, and starts anew when the child has lived for `period`.
  caf::timespan delay = std::chrono::milliseconds(50);
  caf::timespan max_delay = std::chrono::seconds(5);

  static constexpr auto type_name = "supervision";

  static constexpr auto fields() {
    using self = supervision;
    return std::make_tuple(
      field("strategy", &self::how), field("intensity", &self::intensity),
      field("period", &self::period), field("delay", &self::delay),
      field("max_delay", &self::max_delay));
  }
};

/// One node of a supervision tree: what a topology says of an actor.
struct child_spec {
  std::string name; ///< logical, unique among its siblings, survives restarts
  std::string kind; ///< from the node's table of actor kinds, or "supervisor"
  restart_type restart = restart_type::permanent;
  bool detached = false; ///< a thread of its own
  std::string node;      ///< where it runs; empty: here, else a joined node
  caf::timespan start_timeout = std::chrono::seconds(30); ///< until ready
  caf::timespan grace = std::chrono::seconds(5);          ///< from stop to kill
  document parameters;
  supervision supervise;            ///< where `kind` is "supervisor"
  std::vector<child_spec> children; ///< likewise

  static constexpr auto type_name = "child_spec";

  static constexpr auto fields() {
    using self = child_spec;
    return std::make_tuple(
      field("name", &self::name), field("kind", &self::kind),
      field("restart", &self::restart), field("detached", &self::detached),
      field("node", &self::node), field("start_timeout", &self::start_timeout),
      field("grace", &self::grace), field("parameters", &self::parameters),
      field("supervise", &self::supervise), field("children", &self::children));
  }
};

/// The kind of a child that has children.
constexpr const char* supervisor_kind = "supervisor";

} // namespace vpaas
