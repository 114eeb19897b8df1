#pragma once

// One thread of another process that stands still, wherever it is, as one does
// that waits for a lock that is never released or for a disk that is gone.

#include <filesystem>
#include <string>
#include <vector>

#include <cerrno>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace vpaas::bench {

/// The threads of a process but for its first, which waits for signals only.
inline std::vector<pid_t> threads_of(pid_t process) {
  std::vector<pid_t> result;
  std::error_code ignored;
  auto folder = "/proc/" + std::to_string(process) + "/task";
  for (auto& x : std::filesystem::directory_iterator(folder, ignored))
    if (auto id = std::stoi(x.path().filename().string()); id != process)
      result.push_back(id);
  return result;
}

/// The thread goes on at the end of this object, which has to be where it
/// began: a thread that traces another is the only one that may let it go.
class stopped_thread {
public:
  explicit stopped_thread(pid_t thread) : thread_(thread) {
    stopped_ = ::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) == 0
               && ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) == 0
               && ::waitpid(thread, nullptr, __WALL) == thread;
  }

  stopped_thread(const stopped_thread&) = delete;

  stopped_thread& operator=(const stopped_thread&) = delete;

  ~stopped_thread() {
    if (::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr) != 0)
      ::waitpid(thread_, nullptr, __WALL | WNOHANG); // it has ended
  }

  bool stopped() const {
    return stopped_;
  }

private:
  pid_t thread_;
  bool stopped_ = false;
};

} // namespace vpaas::bench
