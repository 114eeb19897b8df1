#pragma once

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vpaas::test {

/// Another program, for what only a real process can show: SIGKILL, SIGSTOP,
/// restarts. It is killed at the end of this object, and when the thread that
/// made it ends.
class child_process {
public:
  explicit child_process(std::vector<std::string> command) {
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
      throw std::runtime_error("pipe");
    std::vector<char*> args;
    args.reserve(command.size() + 1);
    for (auto& x : command)
      args.push_back(x.data());
    args.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::execvp(args[0], args.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    in_ = in[1];
    out_ = out[0];
  }

  child_process(child_process&& x) noexcept
    : pid_(std::exchange(x.pid_, -1)), in_(x.in_), out_(x.out_) {
    // nop
  }

  child_process& operator=(child_process&& x) noexcept {
    std::swap(pid_, x.pid_);
    std::swap(in_, x.in_);
    std::swap(out_, x.out_);
    return *this;
  }

  ~child_process() {
    kill();
  }

  /// Reads one line of its output; empty after ten seconds without one.
  std::string line() {
    std::string result;
    char c = 0;
    pollfd what{out_, POLLIN, 0};
    while (::poll(&what, 1, 10'000) == 1 && ::read(out_, &c, 1) == 1) {
      if (c == '\n')
        return result;
      result += c;
    }
    return {};
  }

  /// Writes to its input.
  bool write(const std::string& text) const {
    return ::write(in_, text.data(), text.size())
           == static_cast<ssize_t>(text.size());
  }

  void signal(int which) const {
    if (pid_ > 0) // -1 is every process of the user
      ::kill(pid_, which);
  }

  /// Ends it at once, as a crash would.
  void kill() {
    if (pid_ <= 0)
      return;
    signal(SIGKILL);
    reap();
  }

  /// Closes its input and waits for it; returns its exit status.
  int finish() {
    ::close(std::exchange(in_, -1));
    return reap();
  }

  pid_t pid() const {
    return pid_;
  }

private:
  int reap() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    if (in_ >= 0)
      ::close(in_);
    ::close(out_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
};

} // namespace vpaas::test
