#pragma once

#include "runtime/policy/link_profile.hpp"

#include <caf/timespan.hpp>

#include <cstdint>

namespace vpaas {

/// What the silence of the other end of a link says.
enum class liveness : uint8_t { alive, suspect, dead };

/// Whether the other end of a link lives, by what comes from it: when its
/// heart is asked, how fast it answers, how long it has been silent. Times are
/// on one clock of the caller. Pure.
class link_health {
public:
  link_health(const link_profile& how, caf::timespan now)
    : how_(how), last_tick_(now) {
    // nop
  }

  /// It was met.
  void begin(caf::timespan now);

  /// Something came from it.
  void seen(caf::timespan now) {
    last_seen_ = now;
  }

  /// Comes twice a heartbeat: what it says of the other end. Silence while
  /// this process itself stood still says nothing of it.
  liveness tick(caf::timespan now);

  /// Between two ticks.
  caf::timespan period() const {
    return how_.heartbeat / 2;
  }

  /// Whether its heart is to be asked; then it is taken to be.
  bool beats(caf::timespan now);

  /// Its heart has answered.
  void answered(caf::timespan sent, caf::timespan now);

  /// Of heartbeats, smoothed; 0 before the first.
  double rtt_ms() const {
    return rtt_ms_;
  }

  /// The shortest since it was met.
  double min_rtt_ms() const {
    return min_rtt_ms_;
  }

private:
  link_profile how_;
  caf::timespan last_seen_{0};
  caf::timespan last_beat_{0};
  caf::timespan last_tick_;
  double rtt_ms_ = 0;
  double min_rtt_ms_ = 0;
};

} // namespace vpaas
