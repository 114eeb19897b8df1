// OpenSSL keeps the errors of all connections of a thread in one queue, and
// tells who asks for the outcome of a call that it failed where the queue holds
// anything. CAF 0.17 asks without emptying the queue before the call: after a
// connection to a TLS port that ends without a TLS farewell (a probe, a tool, a
// process that dies), the next read of another one that merely has to wait
// looks broken, and CAF drops that healthy connection. So the calls that CAF
// makes are replaced by ones that empty the queue first.

#include <dlfcn.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace {

template <class F>
F next(F, const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" {

/// The linker takes this file for this name.
int vpaas_tls_errors = 0;

int SSL_read(SSL* ssl, void* buffer, int size) {
  static auto call = next(&SSL_read, "SSL_read");
  ERR_clear_error();
  return call(ssl, buffer, size);
}

int SSL_write(SSL* ssl, const void* buffer, int size) {
  static auto call = next(&SSL_write, "SSL_write");
  ERR_clear_error();
  return call(ssl, buffer, size);
}

int SSL_accept(SSL* ssl) {
  static auto call = next(&SSL_accept, "SSL_accept");
  ERR_clear_error();
  return call(ssl);
}

int SSL_connect(SSL* ssl) {
  static auto call = next(&SSL_connect, "SSL_connect");
  ERR_clear_error();
  return call(ssl);
}

} // extern "C"
