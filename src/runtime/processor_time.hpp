#pragma once

#include <caf/timespan.hpp>

#include <chrono>
#include <ctime>

namespace vpaas {

/// What this thread has had of processors: what others take does not count.
inline caf::timespan processor_time() {
  timespec x{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &x);
  return std::chrono::seconds(x.tv_sec) + std::chrono::nanoseconds(x.tv_nsec);
}

} // namespace vpaas
