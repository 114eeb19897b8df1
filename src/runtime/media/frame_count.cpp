#include "runtime/media/frame_count.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

void frame_count::run(bool on, uint64_t number, uint64_t base) {
  if (on && !running_) {
    next_ = number;
    base_ = base;
  }
  running_ = on;
}

std::optional<frame_count::place> frame_count::next(uint64_t base) {
  if (base < base_)
    return std::nullopt;
  base_ = base;
  place result{next_, std::max(next_, base)};
  next_ = result.number + 1;
  return result;
}

int64_t frame_count::time_of(uint64_t number, int64_t pts_us, int64_t dts_us,
                             double fps) {
  auto known = pts_us != no_time ? pts_us : dts_us;
  if (known != no_time) {
    timed_number_ = number;
    time_us_ = known;
    return known;
  }
  auto distance = static_cast<double>(number)
                  - static_cast<double>(timed_number_);
  return time_us_ + std::llround(distance * 1e6 / (fps > 0 ? fps : 25));
}

} // namespace vpaas
