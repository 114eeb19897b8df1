#pragma once

// OpenSSL behind RAII. For the sources in this folder only.

#include "runtime/node/tls.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace vpaas {

template <auto Free>
struct freer {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};

using certificate_ptr = std::unique_ptr<X509, freer<X509_free>>;
using revocations_ptr = std::unique_ptr<X509_CRL, freer<X509_CRL_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freer<EVP_PKEY_free>>;
using extension_ptr
  = std::unique_ptr<X509_EXTENSION, freer<X509_EXTENSION_free>>;
using store_context_ptr
  = std::unique_ptr<X509_STORE_CTX, freer<X509_STORE_CTX_free>>;
using ssl_ptr = std::unique_ptr<SSL, freer<SSL_free>>;
using bio_ptr = std::unique_ptr<BIO, freer<BIO_free_all>>;

/// What connections of one side are made of: certificate, key and authority.
using ssl_context = std::shared_ptr<SSL_CTX>;

/// The oldest error of OpenSSL in words; forgets the others.
std::string openssl_cause();

/// The number of a certificate, by which it is revoked.
std::string serial_in(const X509* certificate);

std::string text_of(const ASN1_INTEGER* serial);

/// Whose a certificate is. The role is its one organizational unit.
certificate_holder holder_in(const X509* certificate);

} // namespace vpaas
