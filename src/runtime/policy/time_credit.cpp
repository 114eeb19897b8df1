#include "runtime/policy/time_credit.hpp"

#include <algorithm>

namespace vpaas {

// By Little's law the time of one is that of all on their way, divided by their
// number. With few on their way it holds the trip as well, so that the window
// opens step by step.
void time_credit::answered(size_t ahead, caf::timespan took) {
  auto one = std::max(took / int64_t(ahead), caf::timespan{1});
  service_ = service_.count() == 0 ? one : service_ + (one - service_) / 4;
}

size_t time_credit::within(caf::timespan time) const {
  if (service_.count() == 0)
    return first;
  return size_t(std::max<int64_t>(time / service_, 1));
}

} // namespace vpaas
