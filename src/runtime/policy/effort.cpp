#include "runtime/policy/effort.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// Below that a processor's share says little.
constexpr auto shortest = std::chrono::milliseconds(5);

} // namespace

void effort::ran(time_point now, caf::timespan took, caf::timespan worked) {
  if (share_ <= 0)
    return; // nothing was tried
  auto crowded = took > shortest
                 && double(worked.count())
                      < cfg_.share_of_processor * double(took.count());
  if (!crowded && took <= cfg_.patience) {
    share_ = std::min(1., share_ + step);
    return;
  }
  share_ *= .7;
  if (share_ < step) {
    share_ = 0;
    resting_until_ = now + cfg_.rest;
  }
}

double effort::share(time_point now) {
  if (share_ <= 0 && now >= resting_until_)
    share_ = step;
  return share_;
}

} // namespace vpaas
