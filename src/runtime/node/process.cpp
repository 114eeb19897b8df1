#include "runtime/node/process.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace vpaas {

process_usage usage_of_this_process() {
  return usage_of_process("self");
}

process_usage usage_of_process(const std::string& id) {
  process_usage result;
  std::ifstream status{"/proc/" + id + "/status"};
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind("VmRSS:", 0) == 0)
      result.rss_bytes = std::stoull(line.substr(6)) * 1024;
    else if (line.rfind("Threads:", 0) == 0)
      result.threads = std::stoull(line.substr(8));
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
