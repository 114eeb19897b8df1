#pragma once

// What a peer that is no node of ours can do to a port.

#include "runtime/node/probe.hpp"
#include "runtime/node/tls_session.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vpaas::test {

/// A socket that says nothing by itself.
class stranger {
public:
  explicit stranger(uint16_t port) {
    auto x = connect_to("127.0.0.1", port, std::chrono::seconds(5));
    socket_ = x ? *x : -1;
  }

  stranger(stranger&& x) noexcept : socket_(std::exchange(x.socket_, -1)) {
    // nop
  }

  ~stranger() {
    if (socket_ >= 0)
      ::close(socket_);
  }

  bool connected() const {
    return socket_ >= 0;
  }

  void say(const std::string& bytes) {
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  /// Whether the other side ends the connection in time.
  bool is_ended(std::chrono::milliseconds within) {
    auto end = std::chrono::steady_clock::now() + within;
    for (;;) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
      if (left.count() <= 0)
        return false;
      pollfd what{socket_, POLLIN, 0};
      if (::poll(&what, 1, static_cast<int>(left.count())) <= 0)
        return false;
      char bytes[4096];
      auto got = ::recv(socket_, bytes, sizeof bytes, 0);
      if (got == 0 || (got < 0 && errno != EAGAIN))
        return true;
    }
  }

private:
  int socket_ = -1;
};

/// A peer that proved who it is, and then speaks bytes of its own choice.
class certified_stranger {
public:
  certified_stranger(const credentials_ptr& own, uint16_t port) {
    auto x = connect_to("127.0.0.1", port, std::chrono::seconds(5));
    if (!x)
      return;
    session_ = std::make_unique<tls_session>(*own, *x,
                                             tls_session::side::connects);
    if (session_->handshake_until(std::chrono::steady_clock::now()
                                  + std::chrono::seconds(5)))
      session_.reset();
  }

  bool accepted() const {
    return session_ != nullptr;
  }

  bool say(const std::string& bytes) {
    size_t put = 0;
    for (size_t from = 0; from < bytes.size();) {
      auto x = session_->write(bytes.data() + from, bytes.size() - from, put);
      if (x == tls_session::progress::failed)
        return false;
      from += put;
      if (put == 0 && !wait(POLLOUT))
        return false;
    }
    return true;
  }

  /// Whether the other side ends the connection in time; reads what it says.
  bool is_ended(std::chrono::milliseconds within) {
    auto end = std::chrono::steady_clock::now() + within;
    while (std::chrono::steady_clock::now() < end) {
      char bytes[4096];
      size_t got = 0;
      if (session_->read(bytes, sizeof bytes, got)
          == tls_session::progress::failed)
        return true;
      if (got == 0)
        wait(POLLIN);
    }
    return false;
  }

private:
  bool wait(short events) {
    pollfd what{session_->socket(), events, 0};
    return ::poll(&what, 1, 200) > 0;
  }

  std::unique_ptr<tls_session> session_;
};

/// The header of a message of CAF, which `size` bytes shall follow.
inline std::string header_of(uint8_t kind, uint32_t size) {
  std::string result(32, '\0');
  result[0] = static_cast<char>(kind);
  auto length = htonl(size);
  result.replace(4, 4, reinterpret_cast<const char*>(&length), 4);
  result[31] = 1; // some receiver
  result[23] = 1; // some sender
  return result;
}

} // namespace vpaas::test
