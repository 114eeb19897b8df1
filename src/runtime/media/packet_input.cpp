#include "runtime/media/packet_input.hpp"

#include <algorithm>
#include <thread>

namespace vpaas {

void pace::wait(int64_t time_us, const cancel_flag& cancel) {
  using std::chrono::steady_clock;
  if (from_us_ == no_time) {
    from_us_ = time_us;
    start_ = steady_clock::now();
  }
  auto due = start_ + std::chrono::microseconds{time_us - from_us_};
  // In short steps: a stopped camera does not wait for a slow file.
  while (!(cancel && *cancel) && steady_clock::now() < due)
    std::this_thread::sleep_until(
      std::min(due, steady_clock::now() + std::chrono::milliseconds{50}));
}

} // namespace vpaas
