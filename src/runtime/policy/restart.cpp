#include "runtime/policy/restart.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

bool gives_up(const std::deque<caf::timespan>& restarts, caf::timespan now,
              size_t intensity, caf::timespan period) {
  auto recent = std::count_if(restarts.begin(), restarts.end(),
                              [&](auto x) { return now - x <= period; });
  return static_cast<size_t>(recent) > intensity;
}

caf::timespan restart_delay(caf::timespan first, caf::timespan cap,
                            size_t failures, double random) {
  auto doubled = std::ldexp(static_cast<double>(first.count()),
                            static_cast<int>(std::min<size_t>(failures, 62)));
  auto full = std::min(doubled, static_cast<double>(cap.count()));
  return caf::timespan{static_cast<int64_t>(full * (.5 + random / 2))};
}

} // namespace vpaas
