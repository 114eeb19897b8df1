#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vpaas::test {

/// Stands between a node and who connects to it, and lets a function change
/// what goes there, message by message: only bytes of CAF's payloads, not their
/// number.
class meddler {
public:
  using payload = std::vector<uint8_t>;

  /// @param change is called on a thread of this object
  meddler(uint16_t to, std::function<void(payload&)> change)
    : to_(to), change_(std::move(change)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto here = address(0);
    socklen_t size = sizeof(here);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&here), size);
    ::listen(listener_, 16);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size);
    port_ = ntohs(here.sin_port);
    thread_ = std::thread{[this] { work(); }};
  }

  ~meddler() {
    stop_ = true;
    thread_.join();
    for (auto& x : pairs_)
      close(x);
    ::close(listener_);
  }

  /// From now on the node's answers wait here, or go on: the link carries one
  /// direction only.
  void hold_answers(bool x) {
    holding_ = x;
  }

  uint16_t port() const {
    return port_;
  }

private:
  /// One connection: who came, and the node.
  struct pair {
    int from = -1, to = -1;
    payload pending; ///< from `from`, until a message is complete
  };

  /// BASP: four bytes, the payload's length, three wide numbers and an id.
  static constexpr size_t header = 32;

  static sockaddr_in address(uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return result;
  }

  static void close(pair& x) {
    ::close(x.from);
    ::close(x.to);
    x.from = -1;
  }

  void work() {
    while (!stop_) {
      std::vector<pollfd> watched{{listener_, POLLIN, 0}};
      for (auto& x : pairs_) {
        watched.push_back({x.from, POLLIN, 0});
        watched.push_back({holding_ ? -1 : x.to, POLLIN, 0});
      }
      if (::poll(watched.data(), watched.size(), 50) <= 0)
        continue;
      for (size_t i = 0; i < pairs_.size(); ++i)
        if ((watched[2 * i + 1].revents && !forward(pairs_[i]))
            || (watched[2 * i + 2].revents && !answer(pairs_[i])))
          close(pairs_[i]);
      if (watched[0].revents)
        open();
      pairs_.erase(std::remove_if(pairs_.begin(), pairs_.end(),
                                  [](auto& x) { return x.from < 0; }),
                   pairs_.end());
    }
  }

  void open() {
    pair x;
    x.from = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    x.to = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto there = address(to_);
    if (::connect(x.to, reinterpret_cast<sockaddr*>(&there), sizeof(there))
        == 0)
      pairs_.push_back(std::move(x));
    else
      close(x);
  }

  bool forward(pair& x) {
    std::array<uint8_t, 65536> bytes;
    auto n = ::read(x.from, bytes.data(), bytes.size());
    if (n <= 0)
      return false;
    auto& in = x.pending;
    in.insert(in.end(), bytes.begin(), bytes.begin() + n);
    for (;;) {
      if (in.size() < header)
        return true;
      auto size = header
                  + (size_t{in[4]} << 24 | size_t{in[5]} << 16
                     | size_t{in[6]} << 8 | size_t{in[7]});
      if (in.size() < size)
        return true;
      payload message{in.begin(), in.begin() + ptrdiff_t(size)};
      in.erase(in.begin(), in.begin() + ptrdiff_t(size));
      change_(message);
      if (!write(x.to, message.data(), message.size()))
        return false;
    }
  }

  static bool answer(pair& x) {
    std::array<uint8_t, 65536> bytes;
    auto n = ::read(x.to, bytes.data(), bytes.size());
    return n > 0 && write(x.from, bytes.data(), size_t(n));
  }

  static bool write(int to, const uint8_t* data, size_t size) {
    while (size > 0) {
      auto n = ::send(to, data, size, MSG_NOSIGNAL);
      if (n <= 0)
        return false;
      data += n;
      size -= size_t(n);
    }
    return true;
  }

  uint16_t to_;
  std::function<void(payload&)> change_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::vector<pair> pairs_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> holding_{false};
  std::thread thread_;
};

} // namespace vpaas::test
