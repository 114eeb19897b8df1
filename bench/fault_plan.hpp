#pragma once

// Which faults a run of chaos meets, and when: a pure function of its seed.

#include "runtime/fields.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace vpaas::bench {

enum class fault : uint8_t {
  actor,        ///< an actor of a node's tree gets an exit
  kill_cloud,   ///< SIGKILL, started again at the end
  kill_fog,     ///< the same
  freeze_cloud, ///< SIGSTOP until the end
  freeze_fog,   ///< the same
  drop,         ///< packets between fog and cloud vanish
  throttle,     ///< the same link, at `mbit`
  fill_disk,    ///< that of ledger and spool, until the end
  hang_fog,     ///< one of its threads stands still until the end
  hang_cloud,   ///< the same
  lock_ledger,  ///< by another process, until the end
  lose_spool,   ///< its folder is away until the end
  no_stores,    ///< SIGKILL; it starts again while both are away
};

constexpr auto names_of(fault) {
  return std::array{"actor",      "kill_cloud", "kill_fog",    "freeze_cloud",
                    "freeze_fog", "drop",       "throttle",    "fill_disk",
                    "hang_fog",   "hang_cloud", "lock_ledger", "lose_spool",
                    "no_stores"};
}

struct planned_fault {
  double at = 0;   ///< seconds since the plan's beginning
  double hold = 0; ///< seconds until it ends
  fault kind = fault::actor;
  std::string target; ///< of kind `actor`: "fog/streams/door/coordinator"
  double mbit = 0;    ///< of kind `throttle`, a second
  double which = 0;   ///< of the kinds `hang_*`, in [0, 1): of its threads

  static constexpr auto type_name = "planned_fault";

  static constexpr auto fields() {
    using self = planned_fault;
    return std::make_tuple(
      field("at", &self::at), field("hold", &self::hold),
      field("kind", &self::kind), field("target", &self::target),
      field("mbit", &self::mbit), field("which", &self::which));
  }
};

/// What a plan is made of.
struct fault_wishes {
  uint64_t seed = 1;
  double seconds = 600;            ///< all faults end before
  double warm_up = 15;             ///< seconds without a fault, at first
  double pause_least = 8;          ///< seconds from an end to the next fault
  double pause_most = 14;          ///< the same
  std::vector<fault> kinds;        ///< that can be done here
  std::vector<std::string> actors; ///< targets of kind `actor`
};

/// Numbers that are the same with every standard library.
class seeded {
public:
  explicit seeded(uint64_t seed) : engine_(seed) {
    // nop
  }

  /// In [low, high).
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }

  /// @pre `!xs.empty()`
  template <class T>
  const T& one_of(const std::vector<T>& xs) {
    return xs[engine_() % xs.size()];
  }

  template <class T>
  void shuffle(std::vector<T>& xs) {
    for (size_t n = xs.size(); n > 1; --n)
      std::swap(xs[n - 1], xs[engine_() % n]);
  }

private:
  std::mt19937_64 engine_;
};

/// How long a fault of this kind holds: longer than a link of a wide area
/// needs to notice it at times, and shorter at others.
inline double hold_of(fault x, seeded& random) {
  switch (x) {
    case fault::actor:
      return 0;
    case fault::kill_cloud:
    case fault::kill_fog:
      return random.between(0.2, 4);
    case fault::freeze_fog:
      return random.between(0.5, 4);
    case fault::throttle:
      return random.between(4, 8);
    case fault::hang_fog: // at times until it is replaced
    case fault::hang_cloud:
      return random.between(.5, 9);
    default:
      return random.between(1, 6);
  }
}

/// The faults of a run, in order. Kinds come in rounds, each once a round in
/// an order of its own and actors twice, so that a short run meets all.
inline std::vector<planned_fault> plan_faults(const fault_wishes& want) {
  seeded random{want.seed};
  std::vector<planned_fault> result;
  std::vector<fault> round;
  for (auto now = want.warm_up; !want.kinds.empty();) {
    if (round.empty()) {
      round = want.kinds;
      if (std::count(round.begin(), round.end(), fault::actor) > 0)
        round.push_back(fault::actor);
      random.shuffle(round);
    }
    planned_fault x;
    x.kind = round.back();
    round.pop_back();
    x.at = now;
    x.hold = hold_of(x.kind, random);
    if (x.kind == fault::actor && want.actors.empty())
      break;
    if (x.kind == fault::actor)
      x.target = random.one_of(want.actors);
    if (x.kind == fault::throttle)
      x.mbit = random.between(0.2, 2);
    if (x.kind == fault::hang_fog || x.kind == fault::hang_cloud)
      x.which = random.between(0, 1);
    if (x.at + x.hold >= want.seconds)
      break;
    now = x.at + x.hold + random.between(want.pause_least, want.pause_most);
    result.push_back(std::move(x));
  }
  return result;
}

} // namespace vpaas::bench
