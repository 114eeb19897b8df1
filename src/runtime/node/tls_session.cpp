#include "runtime/node/tls_session.hpp"

#include "runtime/error.hpp"

#include <netdb.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace vpaas {

namespace {

int limited(size_t size) {
  return static_cast<int>(std::min<size_t>(size, INT_MAX));
}

/// OpenSSL's own socket dies of SIGPIPE where the other side is gone, which is
/// not for a library to ignore in the whole process.
int quiet_write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  auto socket = static_cast<int>(BIO_get_fd(bio, nullptr));
  auto result = ::send(socket, from, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (result < 0 && BIO_sock_should_retry(-1))
    BIO_set_retry_write(bio);
  return static_cast<int>(result);
}

BIO_METHOD* quiet_socket() {
  static auto result = [] {
    auto base = BIO_s_socket();
    auto x = BIO_meth_new(BIO_TYPE_SOCKET, "socket without SIGPIPE");
    BIO_meth_set_write(x, quiet_write);
    BIO_meth_set_read(x, BIO_meth_get_read(base));
    BIO_meth_set_ctrl(x, BIO_meth_get_ctrl(base));
    BIO_meth_set_create(x, BIO_meth_get_create(base));
    BIO_meth_set_destroy(x, BIO_meth_get_destroy(base));
    return x;
  }();
  return result;
}

} // namespace

std::string address_of_peer(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> text{};
  auto raw = reinterpret_cast<sockaddr*>(&address);
  if (::getpeername(socket, raw, &size) != 0
      || ::getnameinfo(raw, size, text.data(), text.size(), nullptr, 0,
                       NI_NUMERICHOST)
           != 0)
    return "";
  return text.data();
}

tls_session::tls_session(const credentials& own, int socket, side where)
  : context_(own.current()), ssl_(SSL_new(context_.get())), socket_(socket),
    certified_(own.certified()),
    role_of_roleless_(own.believed(node_role::none)),
    address_(address_of_peer(socket)) {
  auto bio = BIO_new(quiet_socket());
  if (!ssl_ || !bio)
    throw std::bad_alloc();
  BIO_set_fd(bio, socket, BIO_NOCLOSE);
  SSL_set_bio(ssl_.get(), bio, bio);
  if (where == side::connects) {
    SSL_set_connect_state(ssl_.get());
    return;
  }
  SSL_set_accept_state(ssl_.get());
  // To OpenSSL a secret is a session, which a server takes for one purpose.
  constexpr unsigned char purpose[] = "vpaas";
  SSL_set_session_id_context(ssl_.get(), purpose, sizeof purpose);
}

tls_session::~tls_session() {
  ssl_.reset();
  if (owned_)
    ::close(socket_);
}

tls_session::progress tls_session::handshake() {
  ERR_clear_error();
  errno = 0;
  auto result = SSL_do_handshake(ssl_.get());
  return result == 1 ? accept_peer() : progress_of(result);
}

tls_session::progress tls_session::accept_peer() {
  if (!certified_) {
    // Nothing else than the secret resumes a session here.
    if (SSL_session_reused(ssl_.get()) == 1)
      return progress::done;
    cause_ = "it does not know the secret";
    return progress::failed;
  }
  auto certificate = SSL_get0_peer_certificate(ssl_.get());
  auto shown = holder_in(certificate);
  peer_ = shown.name;
  peer_serial_ = serial_in(certificate);
  peer_role_ = shown.role == node_role::none ? role_of_roleless_ : shown.role;
  if (peer_.empty())
    cause_ = "its certificate has no name";
  else if (peer_role_ == node_role::none)
    cause_ = "the certificate of \"" + peer_
             + "\" names no role; make another with vpaas certs renew, or set "
               "openssl.without_role";
  else
    return progress::done;
  return progress::failed;
}

caf::error
tls_session::handshake_until(std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  auto fail = [&](const std::string& cause) {
    return caf::make_error(ec::io, "failed to agree on TLS with " + address_
                                     + ": " + cause);
  };
  for (;;) {
    auto state = handshake();
    if (state == progress::done)
      return caf::none;
    if (state == progress::failed)
      return fail(cause_);
    auto left = std::chrono::ceil<milliseconds>(
      deadline - std::chrono::steady_clock::now());
    auto events = state == progress::wants_read ? POLLIN : POLLOUT;
    pollfd what{socket_, static_cast<short>(events), 0};
    auto wait = static_cast<int>(std::max(left, milliseconds(0)).count());
    if (::poll(&what, 1, wait) == 0)
      return fail("no answer; is it a node of VPaaS?");
  }
}

tls_session::progress tls_session::read(void* out, size_t size, size_t& got) {
  ERR_clear_error();
  errno = 0;
  auto result = SSL_read(ssl_.get(), out, limited(size));
  got = result > 0 ? static_cast<size_t>(result) : 0;
  return result > 0 ? progress::done : progress_of(result);
}

tls_session::progress tls_session::write(const void* from, size_t size,
                                         size_t& put) {
  ERR_clear_error();
  errno = 0;
  auto result = SSL_write(ssl_.get(), from, limited(size));
  put = result > 0 ? static_cast<size_t>(result) : 0;
  return result > 0 ? progress::done : progress_of(result);
}

size_t tls_session::pending() const {
  return static_cast<size_t>(std::max(SSL_pending(ssl_.get()), 0));
}

int tls_session::release() {
  owned_ = false;
  return socket_;
}

tls_session::progress tls_session::progress_of(int result) {
  auto code = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return progress::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return progress::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      cause_ = hung_up;
      break;
    case SSL_ERROR_SYSCALL:
      cause_ = code == 0 ? hung_up : std::strerror(code);
      break;
    default:
      cause_ = openssl_cause();
      if (auto verdict = SSL_get_verify_result(ssl_.get());
          verdict != X509_V_OK)
        cause_ += std::string{": "} + X509_verify_cert_error_string(verdict);
  }
  return progress::failed;
}

} // namespace vpaas
