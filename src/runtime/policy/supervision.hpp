#pragma once

#include "runtime/policy/restart_rules.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <cstdint>
#include <deque>
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

/// What the end of a child led to.
enum class ending : uint8_t {
  restarts,  ///< a restart that counts
  returns,   ///< comes back together with a sibling
  stays,     ///< stopped; its place among the siblings is kept
  forgotten, ///< the plan does not know it any more
};

/// The next thing that a supervisor has to do.
struct plan_action {
  enum verb : uint8_t {
    start,
    stop,    ///< ask it to end
    kill,    ///< it did not end in time, or did not become ready
    abandon, ///< nor did it end now: report its end, and count it
  };

  verb what;
  uint64_t child;
};

/// The rules of OTP's supervisor, without actors and without a clock: the
/// caller reports what happened to the children and does what `next` says,
/// until it says nothing more. Times are on one clock of the caller. Costs
/// O(log n) a child that an event concerns.
///
/// In order (the first one first, the next when the one before is ready) go:
/// the first start of all children, and every start of the strategies
/// one_for_all and rest_for_one. In reverse order (the next when the one before
/// has ended) go the siblings that a restart takes along, and all at the end.
class supervision_plan {
public:
  /// The bound of something that has none.
  static constexpr auto never = caf::timespan::max();

  struct child {
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
    friend class supervision_plan;

    /// What is due next if nothing happens before.
    enum class step : uint8_t { none, start, time_out, stop, kill, abandon };

    /// What its end will mean.
    enum class fate : uint8_t { decide, fail, again, forget, halt };

    step next = step::none;
    caf::timespan due{0};
    fate end = fate::decide;
    std::string failure; ///< why its start failed
    size_t failures = 0; ///< restarts in a row, for the back-off
    bool fresh = true;   ///< was never ready
    bool told = false;   ///< starts because someone said so
  };

  /// @param patience from kill until a child is abandoned
  supervision_plan(supervision how, caf::timespan patience);

  /// Adds `x` after the others. @returns its id; ids grow.
  uint64_t add(child x, caf::timespan now);

  /// The child said that it is ready.
  void ready(uint64_t id, caf::timespan now);

  /// The start of the child failed, but it may live: it is killed first.
  void fail(uint64_t id, std::string reason, caf::timespan now);

  /// The child has nothing to do and does not exist, in OTP's words: its start
  /// was `ignore`. @returns `stays` or `forgotten`
  ending ignored(uint64_t id, caf::timespan now);

  /// The child does not exist any more, or never came to be.
  /// @param random evenly distributed in [0, 1), for the jitter
  ending ended(uint64_t id, bool normally, const std::string& reason,
               caf::timespan now, double random);

  /// Stops and forgets a child. @returns whether it is forgotten already.
  bool remove(uint64_t id, caf::timespan now);

  /// Stops a child and keeps its place; as `remove` for a temporary one, and
  /// among many alike. @returns as `remove`
  bool stop(uint64_t id, caf::timespan now);

  /// Starts a child that has stopped. @returns whether it had
  bool start(uint64_t id, caf::timespan now);

  /// Stops all children and starts none any more.
  void halt(caf::timespan now);

  /// Returns what to do now, one thing at a time.
  std::optional<plan_action> next(caf::timespan now);

  /// Returns when `next` has something to say if nothing happens before.
  std::optional<caf::timespan> wake() const;

  /// Returns whether each of the initial children was ready once.
  bool up() const {
    return fresh_ == 0 && !halting_;
  }

  bool halting() const {
    return halting_;
  }

  /// Returns whether it is halting and no child is left.
  bool over() const {
    return halting_ && living_ == 0;
  }

  /// Returns why the supervisor failed: which child, how often, why; empty
  /// where it did not. It halts then.
  const std::string& verdict() const {
    return verdict_;
  }

  /// Returns whether it halts because significant children ended.
  bool served() const {
    return served_;
  }

  /// Returns all restarts so far.
  uint64_t restarts() const {
    return restarts_;
  }

  const std::map<uint64_t, child>& children() const {
    return children_;
  }

private:
  using step = child::step;
  using fate = child::fate;
  using position = std::map<uint64_t, child>::iterator;

  bool alike() const {
    return how_.how == strategy::simple_one_for_one;
  }

  bool in_order() const {
    return how_.how != strategy::one_for_one && !alike();
  }

  bool may_start() const {
    return !to_start_.empty() && !halting_ && !current_start_ && !current_stop_
           && to_stop_.empty();
  }

  void enter(child& x, child_phase phase, caf::timespan now);

  void schedule(uint64_t id, child& x, step next, caf::timespan due);

  /// Has it started when its turn comes.
  void queue(uint64_t id, child& x, caf::timespan now);

  /// Nothing waits any more for its first start.
  void not_fresh(child& x);

  /// Lets the next of those that go in order go.
  void choose(caf::timespan now);

  /// Does the step of a child that is due.
  plan_action take(uint64_t id, caf::timespan now);

  /// Clears what was planned for a child that ended.
  void settle(uint64_t id, child& x);

  ending forget(position i);

  /// It ended by itself and does not come back.
  ending rest(position i, caf::timespan now);

  void count_significant(const child& x, caf::timespan now);

  ending start_failed(position i, const std::string& reason, caf::timespan now,
                      double random);

  ending restart(position i, const std::string& reason, caf::timespan now,
                 double random);

  /// Stops the siblings that the restart of `id` concerns.
  void take_along(uint64_t id, caf::timespan now);

  supervision how_;
  caf::timespan patience_;
  std::map<uint64_t, child> children_; ///< in their order
  std::set<std::pair<caf::timespan, uint64_t>> steps_;
  std::set<uint64_t> to_start_; ///< in order
  std::set<uint64_t> to_stop_;  ///< in reverse order
  std::optional<uint64_t> current_start_;
  std::optional<uint64_t> current_stop_;
  caf::timespan resume_at_{0}; ///< the end of the back-off of a group
  std::deque<caf::timespan> history_;
  std::string verdict_;
  uint64_t next_id_ = 0;
  uint64_t restarts_ = 0;
  size_t living_ = 0;
  size_t fresh_ = 0; ///< initial children that were never ready
  bool halting_ = false;
  bool served_ = false;
};

} // namespace vpaas
