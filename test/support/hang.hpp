#pragma once

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <sys/syscall.h>
#include <unistd.h>

namespace vpaas::test {

/// Makes a thread of this process hang wherever it is, as a lock that is never
/// released does: it waits in a signal handler until this object ends. One at a
/// time.
class hang {
public:
  explicit hang(pid_t thread) {
    int ends[2];
    if (::pipe(ends) != 0)
      throw std::runtime_error("pipe");
    gate() = ends[0];
    out_ = ends[1];
    struct sigaction wait {};
    wait.sa_handler = [](int) {
      auto before = errno;
      char c = 0;
      while (::read(gate(), &c, 1) < 0 && errno == EINTR) {
        // again
      }
      errno = before;
    };
    wait.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR2, &wait, nullptr);
    ::syscall(SYS_tgkill, ::getpid(), thread, SIGUSR2);
  }

  hang(const hang&) = delete;

  hang& operator=(const hang&) = delete;

  /// Lets the thread go on.
  ~hang() {
    ::close(out_); // whoever reads has reached the end
  }

private:
  static int& gate() {
    static int result = -1;
    return result;
  }

  int out_ = -1;
};

} // namespace vpaas::test
