#include "runtime/policy/login_throttle.hpp"

#include <algorithm>

namespace vpaas {

caf::timespan login_throttle::pause(const guesses& x) const {
  if (x.wrong < cfg_.free)
    return caf::timespan{0};
  auto result = cfg_.first;
  for (auto n = cfg_.free; n < x.wrong && result < cfg_.cap; ++n)
    result *= 2;
  return std::min(result, cfg_.cap);
}

caf::timespan login_throttle::wait(const std::string& who,
                                   caf::timespan now) const {
  auto i = known_.find(who);
  if (i == known_.end())
    return caf::timespan{0};
  return std::max(i->second.last + pause(i->second) - now, caf::timespan{0});
}

void login_throttle::guess(const std::string& who, caf::timespan now) {
  make_room(now);
  auto& x = known_[who];
  if (now - x.last > cfg_.forget)
    x.wrong = 0;
  ++x.wrong;
  x.last = now;
}

void login_throttle::right(const std::string& who) {
  known_.erase(who);
}

void login_throttle::make_room(caf::timespan now) {
  if (known_.size() < cfg_.most)
    return;
  for (auto i = known_.begin(); i != known_.end();)
    i = now - i->second.last > cfg_.forget ? known_.erase(i) : std::next(i);
  if (known_.size() < cfg_.most)
    return;
  known_.erase(
    std::min_element(known_.begin(), known_.end(), [](auto& a, auto& b) {
      return a.second.last < b.second.last;
    }));
}

} // namespace vpaas
