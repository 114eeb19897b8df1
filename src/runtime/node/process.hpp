#pragma once

#include <cstdint>
#include <string>

namespace vpaas {

/// What the operating system says of this process; 0 where it says nothing.
struct process_usage {
  uint64_t rss_bytes = 0;
  uint64_t peak_bytes = 0; ///< largest that `rss_bytes` was
  uint64_t threads = 0;
  uint64_t descriptors = 0;
};

/// Reads /proc/self, about 50 microseconds.
process_usage usage_of_this_process();

/// @param id of a process, as it stands in /proc
process_usage usage_of_process(const std::string& id);

/// Lets this process open as many files as its hard limit says: each stream and
/// peer takes some, and the soft limit is for programs that use select().
void raise_descriptor_limit();

/// Lowers the priority of the calling thread (nice 5), so that actors which
/// answer at once are not kept waiting by those that compute: beside two busy
/// threads on two cores a wake-up takes 0.5 ms instead of 7 (p99).
void lower_thread_priority();

} // namespace vpaas
