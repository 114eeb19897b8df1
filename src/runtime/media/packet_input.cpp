#include "runtime/media/packet_input.hpp"

#include <algorithm>
#include <thread>

namespace vpaas {

bool pace::wait(int64_t time_us, const cancel_flag& cancel,
                caf::timespan at_most) {
  using std::chrono::steady_clock;
  auto now = steady_clock::now();
  if (from_us_ == no_time || time_us < last_us_) {
    from_us_ = time_us;
    start_ = now;
  }
  last_us_ = time_us;
  auto due = start_ + std::chrono::microseconds{time_us - from_us_};
  auto enough = at_most < std::chrono::hours{1} ? now + at_most : due;
  auto stopped = [&] { return cancel && *cancel; };
  // In short steps: a stopped camera does not wait for a slow file.
  while (!stopped() && now < due && now < enough) {
    std::this_thread::sleep_until(
      std::min({due, enough, now + std::chrono::milliseconds{50}}));
    now = steady_clock::now();
  }
  return stopped() || now >= due;
}

} // namespace vpaas
