#pragma once

// Two ends of a wire that takes its time: a pair of TUN devices between which a
// thread carries packets, each after the same delay. For machines whose kernel
// has no netem. Needs root.

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace vpaas::bench {

class delay_line {
public:
  using clock = std::chrono::steady_clock;

  /// Makes the devices `near` and `far`. @param delay of each direction
  delay_line(const std::string& near, const std::string& far,
             std::chrono::microseconds delay)
    : delay_(delay), ends_{open(near), open(far)} {
    if (ok())
      thread_ = std::thread{[this] { run(); }};
  }

  delay_line(const delay_line&) = delete;

  delay_line& operator=(const delay_line&) = delete;

  ~delay_line() {
    stop_ = true;
    if (thread_.joinable())
      thread_.join();
    for (auto fd : ends_)
      if (fd >= 0)
        ::close(fd);
  }

  bool ok() const {
    return ends_[0] >= 0 && ends_[1] >= 0;
  }

private:
  struct packet {
    clock::time_point due;
    std::vector<char> bytes;
  };

  static int open(const std::string& name) {
    auto fd = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    ifreq what{};
    what.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strncpy(what.ifr_name, name.c_str(), IFNAMSIZ - 1);
    if (fd >= 0 && ::ioctl(fd, TUNSETIFF, &what) == 0)
      return fd;
    if (fd >= 0)
      ::close(fd);
    return -1;
  }

  void run() {
    while (!stop_) {
      auto next = clock::now() + std::chrono::milliseconds{100};
      for (auto& line : lines_)
        if (!line.empty())
          next = std::min(next, line.front().due);
      auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::max(next - clock::now(), clock::duration{0}));
      timespec wait{0, long(left.count())};
      std::array<pollfd, 2> fds{pollfd{ends_[0], POLLIN, 0},
                                pollfd{ends_[1], POLLIN, 0}};
      ::ppoll(fds.data(), fds.size(), &wait, nullptr);
      for (size_t i = 0; i < 2; ++i)
        carry(ends_[i], ends_[1 - i], lines_[i]);
    }
  }

  void carry(int from, int to, std::deque<packet>& line) {
    std::array<char, 2048> buffer;
    for (;;) {
      auto n = ::read(from, buffer.data(), buffer.size());
      if (n <= 0)
        break;
      line.push_back(
        {clock::now() + delay_, {buffer.data(), buffer.data() + n}});
    }
    for (; !line.empty() && line.front().due <= clock::now(); line.pop_front())
      if (::write(to, line.front().bytes.data(), line.front().bytes.size()) < 0)
        continue; // the far end is not up: as on a wire, it is lost
  }

  std::chrono::microseconds delay_;
  std::array<int, 2> ends_;
  std::array<std::deque<packet>, 2> lines_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

} // namespace vpaas::bench
