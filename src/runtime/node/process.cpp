#include "runtime/node/process.hpp"

#include <sys/resource.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace vpaas {

namespace {

/// What stands behind `key` in a line such as "VmRSS:\t  1234 kB".
std::optional<uint64_t> number_of(const std::string& line,
                                  std::string_view key) {
  if (line.compare(0, key.size(), key) != 0)
    return std::nullopt;
  auto from = line.find_first_not_of("\t ", key.size());
  uint64_t result = 0;
  if (from == std::string::npos
      || std::from_chars(line.data() + from, line.data() + line.size(), result)
             .ec
           != std::errc{})
    return std::nullopt;
  return result;
}

} // namespace

process_usage usage_of_this_process() {
  return usage_of_process("self");
}

process_usage usage_of_process(const std::string& id) {
  process_usage result;
  std::ifstream status{"/proc/" + id + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (auto kb = number_of(line, "VmRSS:"))
      result.rss_bytes = *kb * 1024;
    else if (auto most = number_of(line, "VmHWM:"))
      result.peak_bytes = *most * 1024;
    else if (auto n = number_of(line, "Threads:"))
      result.threads = *n;
  }
  std::error_code failed;
  std::filesystem::directory_iterator i{"/proc/" + id + "/fd", failed};
  for (; !failed && i != std::filesystem::directory_iterator{};
       i.increment(failed))
    ++result.descriptors;
  return result;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit); // what fails leaves it as it was
}

void lower_thread_priority() {
  // On Linux the process number 0 means the calling thread, not its process.
  setpriority(PRIO_PROCESS, 0, 5);
}

} // namespace vpaas
