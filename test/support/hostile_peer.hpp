#pragma once

// A peer that shows a node whatever certificate it likes, checks nothing of the
// node, and says any bytes.

#include "runtime/node/probe.hpp"
#include "runtime/node/tls_session.hpp"

#include <openssl/ssl.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace vpaas::test {

/// What someone proves itself with.
struct proof {
  std::string certificate, key; ///< PEM files, shown whatever they are worth
  credentials_ptr secret;       ///< or the secret of a user
};

/// What became of a peer.
enum class fate : uint8_t {
  refused, ///< it heard nothing of the node, and was put out
  cut_off, ///< it was let in, and then put out
  allowed, ///< it was let in, and stayed
  waits,   ///< it heard nothing, and is connected still
};

constexpr auto names_of(fate) {
  return std::array{"refused", "cut off", "allowed", "waits"};
}

class hostile_peer {
public:
  using clock = std::chrono::steady_clock;

  hostile_peer(const proof& x, uint16_t port) {
    ::signal(SIGPIPE, SIG_IGN); // its node hangs up
    auto socket = connect_to("127.0.0.1", port, std::chrono::seconds(5));
    if (!socket)
      return;
    socket_ = *socket;
    context_ = x.secret ? x.secret->current() : context_of(x);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_verify(ssl_.get(), SSL_VERIFY_NONE, nullptr);
    SSL_set_fd(ssl_.get(), socket_);
    SSL_set_connect_state(ssl_.get());
  }

  hostile_peer(hostile_peer&&) = delete;

  ~hostile_peer() {
    ssl_.reset();
    if (socket_ >= 0)
      ::close(socket_);
  }

  /// Does what TLS wants until it can write, or for so long.
  void say(const std::string& bytes, std::chrono::milliseconds within) {
    for (auto end = clock::now() + within; !ended_ && clock::now() < end;) {
      auto n = SSL_write(ssl_.get(), bytes.data(),
                         static_cast<int>(bytes.size()));
      if (n > 0 || !go_on(n))
        return;
    }
  }

  /// Listens until it is put out, or for so long.
  fate listen(std::chrono::milliseconds within) {
    for (auto end = clock::now() + within; !ended_ && clock::now() < end;)
      take();
    if (ended_)
      return heard_ ? fate::cut_off : fate::refused;
    return heard_ ? fate::allowed : fate::waits;
  }

  /// As above, but ends at the first byte that it hears.
  fate listen_briefly(std::chrono::milliseconds within) {
    for (auto end = clock::now() + within;
         !ended_ && !heard_ && clock::now() < end;)
      take();
    return listen(std::chrono::milliseconds(0));
  }

private:
  static ssl_context context_of(const proof& x) {
    ssl_context result{SSL_CTX_new(TLS_method()), SSL_CTX_free};
    if (x.certificate.empty())
      return result;
    SSL_CTX_use_certificate_file(result.get(), x.certificate.c_str(),
                                 SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(result.get(), x.key.c_str(), SSL_FILETYPE_PEM);
    return result;
  }

  void take() {
    if (socket_ < 0) {
      ended_ = true;
      return;
    }
    char bytes[4096];
    auto n = SSL_read(ssl_.get(), bytes, sizeof bytes);
    if (n > 0)
      heard_ = true;
    else
      go_on(n);
  }

  /// Waits for the socket; false where it is over.
  bool go_on(int result) {
    auto code = SSL_get_error(ssl_.get(), result);
    pollfd what{socket_, POLLIN, 0};
    if (code == SSL_ERROR_WANT_WRITE)
      what.events = POLLOUT;
    else if (code != SSL_ERROR_WANT_READ)
      ended_ = true;
    if (!ended_)
      ::poll(&what, 1, 50);
    return !ended_;
  }

  int socket_ = -1;
  ssl_context context_;
  ssl_ptr ssl_;
  bool heard_ = false;
  bool ended_ = false;
};

} // namespace vpaas::test
