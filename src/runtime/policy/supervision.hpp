#pragma once

#include "runtime/policy/supervised_children.hpp"
#include "runtime/policy/turns.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace vpaas {

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
  using child = supervised_child;

  /// The bound of something that has none.
  static constexpr auto never = child::never;

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
    return children_.fresh() == 0 && !halting_;
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

  const supervised_children::table& children() const {
    return children_.all();
  }

private:
  using step = child::step;
  using fate = child::fate;

  /// Has it started when its turn comes.
  void queue(uint64_t id, child& x, caf::timespan now);

  /// Does the step of a child that is due.
  plan_action take(uint64_t id, caf::timespan now);

  /// Clears what was planned for a child that ended.
  void settle(uint64_t id, child& x);

  /// It ended by itself and does not come back.
  ending rest(uint64_t id, caf::timespan now);

  ending start_failed(uint64_t id, const std::string& reason, caf::timespan now,
                      double random);

  ending restart(uint64_t id, const std::string& reason, caf::timespan now,
                 double random);

  /// Stops the siblings that the restart of `id` concerns.
  void take_along(uint64_t id, caf::timespan now);

  supervision how_;
  caf::timespan patience_;
  supervised_children children_;
  turns turns_; ///< of those that go in order
  std::deque<caf::timespan> history_;
  std::string verdict_;
  uint64_t restarts_ = 0;
  size_t living_ = 0;
  bool halting_ = false;
  bool served_ = false;
};

} // namespace vpaas
