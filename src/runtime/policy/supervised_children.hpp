#pragma once

#include "runtime/policy/restart_rules.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace vpaas {

/// What a supervised child is doing.
enum class child_phase : uint8_t {
  waiting,  ///< for its turn, or for the end of its back-off
  starting, ///< was started and has not said ready yet
  ready,
  stopping, ///< was told to end and has not ended yet
  stopped,  ///< ended, and does not come back by itself
};

constexpr auto names_of(child_phase) {
  return std::array{"waiting", "starting", "ready", "stopping", "stopped"};
}

/// A child as its supervisor's plan knows it.
struct supervised_child {
  /// The bound of something that has none.
  static constexpr auto never = caf::timespan::max();

  std::string name;
  restart_type type = restart_type::permanent;
  bool initial = false;     ///< there from the start, not added later
  bool significant = false; ///< its end by itself counts for `shutdown`
  caf::timespan start_timeout = never;
  caf::timespan grace = never; ///< from stop to kill

  child_phase phase = child_phase::waiting;
  caf::timespan since{0}; ///< when it entered its phase
  uint64_t restarts = 0;
  std::string reason; ///< of the last restart

private:
  friend class supervised_children;
  friend class supervision_plan;

  /// What is due next if nothing happens before.
  enum class step : uint8_t { none, start, time_out, stop, kill, abandon };

  /// What its end will mean.
  enum class fate : uint8_t { decide, fail, again, forget, halt };

  void enter(child_phase x, caf::timespan now) {
    phase = x;
    since = now;
  }

  bool lives() const {
    return phase == child_phase::starting || phase == child_phase::ready;
  }

  step next = step::none;
  caf::timespan due{0};
  fate end = fate::decide;
  std::string failure; ///< why its start failed
  size_t failures = 0; ///< restarts in a row, for the back-off
  bool fresh = true;   ///< was never ready
  bool told = false;   ///< starts because someone said so
};

/// The children of a supervisor in their order, the step that each has to take
/// next, and when. A step costs O(log n). Pure.
class supervised_children {
public:
  using child = supervised_child;
  using table = std::map<uint64_t, child>;

  /// Adds `x` after the others. @returns its id; ids grow
  uint64_t add(child x);

  void forget(uint64_t id);

  child& at(uint64_t id) {
    return children_.at(id);
  }

  /// Null where there is none.
  child* find(uint64_t id);

  table& all() {
    return children_;
  }

  const table& all() const {
    return children_;
  }

  /// What is due next of a child, in place of what was; at `never` nothing is.
  void schedule(uint64_t id, child::step next, caf::timespan due);

  /// Whose step is due, the earliest first.
  std::optional<uint64_t> due(caf::timespan now) const;

  /// When the next step is due; `never` where none is.
  caf::timespan wake() const;

  /// Nothing waits any more for its first start.
  void not_fresh(child& x);

  /// Initial children that were never ready.
  size_t fresh() const {
    return fresh_;
  }

private:
  table children_;
  std::set<std::pair<caf::timespan, uint64_t>> steps_;
  uint64_t next_id_ = 0;
  size_t fresh_ = 0;
};

} // namespace vpaas
