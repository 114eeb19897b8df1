#pragma once

#include "runtime/document.hpp"
#include "runtime/fields.hpp"
#include "runtime/policy/restart_rules.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// One node of a supervision tree: what a topology says of an actor.
struct child_spec {
  std::string name; ///< logical, unique among its siblings, survives restarts
  std::string kind; ///< from the node's table of actor kinds, or "supervisor"
  restart_type restart = restart_type::permanent;
  bool detached = false; ///< a thread of its own
  std::string node;      ///< where it runs; empty: here, else a joined node
  caf::timespan start_timeout = std::chrono::seconds(30); ///< until ready
  caf::timespan grace = std::chrono::seconds(5);          ///< from stop to kill
  /// It is replaced when one step of its work takes longer; 0: never.
  caf::timespan stall_after{0};
  bool significant = false; ///< its end counts for `supervise.auto_shutdown`
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
      field("grace", &self::grace), field("stall_after", &self::stall_after),
      field("significant", &self::significant),
      field("parameters", &self::parameters),
      field("supervise", &self::supervise), field("children", &self::children));
  }
};

/// `stall_after` of a child that blocks, where its topology says nothing: with
/// the canaries' period and the start of another one it makes ten seconds.
constexpr caf::timespan usual_stall = std::chrono::seconds(6);

/// The kind of a child that has children.
constexpr const char* supervisor_kind = "supervisor";

} // namespace vpaas
