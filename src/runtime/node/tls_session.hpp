#pragma once

#include "runtime/node/credentials.hpp"

#include <chrono>
#include <string>

namespace vpaas {

/// The cause where the other side just went.
constexpr const char* hung_up = "it hung up";

/// One connection under TLS, over a socket that does not block. Owns the socket
/// until it is released. Not for two threads at once.
class tls_session {
public:
  enum class side : uint8_t { connects, accepts };

  enum class progress : uint8_t { done, wants_read, wants_write, failed };

  tls_session(const credentials& own, int socket, side where);

  tls_session(tls_session&&) = delete;

  tls_session& operator=(tls_session&&) = delete;

  ~tls_session();

  /// Goes on with proving who both sides are.
  progress handshake();

  /// As above, and waits for the other side. @returns ec::io with the cause
  caf::error handshake_until(std::chrono::steady_clock::time_point deadline);

  /// Reads up to `size` bytes into `out`; `done` with 0 bytes does not occur.
  progress read(void* out, size_t size, size_t& got);

  progress write(const void* from, size_t size, size_t& put);

  /// Bytes that were taken off the socket and not read yet.
  size_t pending() const;

  /// The name in the other side's certificate, once the handshake is done;
  /// empty where both have the secret.
  const std::string& peer() const {
    return peer_;
  }

  /// The role there; `any` where both have the secret.
  node_role peer_role() const {
    return peer_role_;
  }

  /// The number of the certificate there.
  const std::string& peer_serial() const {
    return peer_serial_;
  }

  /// Numeric, without the port.
  const std::string& address() const {
    return address_;
  }

  /// Why it failed.
  const std::string& cause() const {
    return cause_;
  }

  int socket() const {
    return socket_;
  }

  /// From now on somebody else closes the socket.
  int release();

private:
  progress progress_of(int result);

  progress accept_peer();

  ssl_context context_;
  ssl_ptr ssl_;
  int socket_;
  bool owned_ = true;
  bool certified_;
  node_role role_of_roleless_; ///< whose certificates name none
  std::string peer_, peer_serial_;
  node_role peer_role_ = node_role::any;
  std::string address_;
  std::string cause_;
};

/// The numeric address of who is at the other end of a socket.
std::string address_of_peer(int socket);

} // namespace vpaas
