#include "runtime/policy/link_health.hpp"

#include <algorithm>
#include <chrono>

namespace vpaas {

void link_health::begin(caf::timespan now) {
  last_seen_ = now;
  min_rtt_ms_ = 0;
}

liveness link_health::tick(caf::timespan now) {
  last_seen_ += std::max(now - last_tick_ - 2 * period(), caf::timespan{0});
  last_tick_ = now;
  auto silence = now - last_seen_;
  if (silence >= how_.down_after)
    return liveness::dead;
  return silence >= how_.suspect_after ? liveness::suspect : liveness::alive;
}

bool link_health::beats(caf::timespan now) {
  if (now - last_beat_ < how_.heartbeat)
    return false;
  last_beat_ = now;
  return true;
}

void link_health::answered(caf::timespan sent, caf::timespan now) {
  auto rtt = std::chrono::duration<double, std::milli>(now - sent).count();
  min_rtt_ms_ = min_rtt_ms_ > 0 ? std::min(min_rtt_ms_, rtt) : rtt;
  rtt_ms_ = rtt_ms_ > 0 ? rtt_ms_ * .875 + rtt * .125 : rtt; // RFC 6298
  seen(now);
}

} // namespace vpaas
