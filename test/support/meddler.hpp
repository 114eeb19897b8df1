#pragma once

#include "runtime/node/probe.hpp"
#include "runtime/node/secret.hpp"
#include "runtime/node/tls_session.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vpaas::test {

/// Stands between a node and who connects to it, with the secret of both, and
/// lets a function change what goes there, message by message: only bytes of
/// CAF's payloads, not their number.
class meddler {
public:
  using payload = std::vector<uint8_t>;

  /// @param change is called on a thread of this object
  meddler(uint16_t to, std::function<void(payload&)> change)
    : to_(to), change_(std::move(change)),
      own_(*credentials::from_secret(*read_secret(user_folder() + "/secret"))) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(here);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&here), size) != 0
        || ::listen(listener_, 16) != 0)
      throw std::runtime_error{"the meddler cannot listen"};
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size);
    port_ = ntohs(here.sin_port);
    thread_ = std::thread{[this] { work(); }};
  }

  ~meddler() {
    stop_ = true;
    thread_.join();
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
  using session = std::unique_ptr<tls_session>;

  /// One connection: who came, and the node.
  struct pair {
    session from, to;
    payload pending; ///< from `from`, until a message is complete
    bool ended = false;
  };

  /// BASP: four bytes, the payload's length, three wide numbers and an id.
  static constexpr size_t header = 32;

  void work() {
    while (!stop_) {
      std::vector<pollfd> watched{{listener_, POLLIN, 0}};
      for (auto& x : pairs_) {
        watched.push_back({x.from->socket(), POLLIN, 0});
        watched.push_back({holding_ ? -1 : x.to->socket(), POLLIN, 0});
      }
      if (::poll(watched.data(), watched.size(), 50) <= 0)
        continue;
      for (size_t i = 0; i < pairs_.size(); ++i)
        pairs_[i].ended = (watched[2 * i + 1].revents && !forward(pairs_[i]))
                          || (watched[2 * i + 2].revents && !answer(pairs_[i]));
      if (watched[0].revents)
        open();
      pairs_.erase(std::remove_if(pairs_.begin(), pairs_.end(),
                                  [](auto& x) { return x.ended; }),
                   pairs_.end());
    }
  }

  void open() {
    pair x;
    auto guest = ::accept4(listener_, nullptr, nullptr,
                           SOCK_CLOEXEC | SOCK_NONBLOCK);
    x.from = agree(guest, tls_session::side::accepts);
    auto there = connect_to("127.0.0.1", to_, std::chrono::seconds(5));
    if (there)
      x.to = agree(*there, tls_session::side::connects);
    if (x.from && x.to)
      pairs_.push_back(std::move(x));
  }

  /// Null where the other side only looked whether the port is open.
  session agree(int socket, tls_session::side where) {
    auto result = std::make_unique<tls_session>(*own_, socket, where);
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    return result->handshake_until(end) ? nullptr : std::move(result);
  }

  /// Takes all that is there; false where the other side is gone.
  template <class F>
  static bool read_all(tls_session& from, F take) {
    std::array<uint8_t, 65536> bytes;
    for (;;) {
      size_t got = 0;
      if (from.read(bytes.data(), bytes.size(), got)
          == tls_session::progress::failed)
        return false;
      if (got == 0)
        return true;
      if (!take(bytes.data(), got))
        return false;
    }
  }

  bool forward(pair& x) {
    return read_all(*x.from, [&](const uint8_t* bytes, size_t n) {
      x.pending.insert(x.pending.end(), bytes, bytes + n);
      return forward_messages(x);
    });
  }

  bool forward_messages(pair& x) {
    auto& in = x.pending;
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
      if (!write(*x.to, message.data(), message.size()))
        return false;
    }
  }

  static bool answer(pair& x) {
    return read_all(*x.to, [&](const uint8_t* bytes, size_t n) {
      return write(*x.from, bytes, n);
    });
  }

  static bool write(tls_session& to, const uint8_t* data, size_t size) {
    while (size > 0) {
      size_t put = 0;
      if (to.write(data, size, put) == tls_session::progress::failed)
        return false;
      data += put;
      size -= put;
      pollfd what{to.socket(), POLLOUT, 0};
      if (put == 0)
        ::poll(&what, 1, 1000);
    }
    return true;
  }

  uint16_t to_;
  std::function<void(payload&)> change_;
  credentials_ptr own_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::vector<pair> pairs_;
  std::atomic<bool> holding_{false}, stop_{false};
  std::thread thread_;
};

} // namespace vpaas::test
