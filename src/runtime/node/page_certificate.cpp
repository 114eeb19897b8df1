#include "runtime/node/page_certificate.hpp"

#include "runtime/error.hpp"
#include "runtime/node/openssl.hpp"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>

namespace vpaas {

namespace {

using file_ptr = std::unique_ptr<FILE, freer<fclose>>;

constexpr int days = 3650;

caf::error failed(const std::string& path) {
  return caf::make_error(ec::io, "failed to write " + path
                                   + "; is the disk full, or the folder "
                                     "read-only?");
}

bool extend(X509* to, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, to, to, nullptr, nullptr, 0);
  extension_ptr x{X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  return x && X509_add_ext(to, x.get(), -1) == 1;
}

/// Under which names browsers may know it.
std::string names_for(const std::string& host) {
  unsigned char parsed[16];
  auto is_address = inet_pton(AF_INET, host.c_str(), parsed) == 1
                    || inet_pton(AF_INET6, host.c_str(), parsed) == 1;
  return "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1,"
         + std::string{is_address ? "IP:" : "DNS:"} + host;
}

certificate_ptr self_signed(EVP_PKEY* key, const std::string& host) {
  certificate_ptr result{X509_new()};
  auto* x = result.get();
  auto* subject = X509_get_subject_name(x);
  uint64_t serial = 0;
  auto ok
    = RAND_bytes(reinterpret_cast<unsigned char*>(&serial), 7) == 1
      && X509_set_version(x, 2) == 1
      && ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial) == 1
      && X509_gmtime_adj(X509_getm_notBefore(x), -60) != nullptr
      && X509_time_adj_ex(X509_getm_notAfter(x), days, 0, nullptr) != nullptr
      && X509_NAME_add_entry_by_txt(
           subject, "CN", MBSTRING_UTF8,
           reinterpret_cast<const unsigned char*>("vpaas page"), -1, -1, 0)
           == 1
      && X509_set_issuer_name(x, subject) == 1 && X509_set_pubkey(x, key) == 1
      && extend(x, NID_basic_constraints, "critical,CA:FALSE")
      && extend(x, NID_key_usage, "critical,digitalSignature")
      && extend(x, NID_ext_key_usage, "serverAuth")
      && extend(x, NID_subject_alt_name, names_for(host))
      && X509_sign(x, key, EVP_sha256()) > 0;
  return ok ? std::move(result) : nullptr;
}

} // namespace

caf::error make_page_certificate(const std::string& stem,
                                 const std::string& host) {
  std::error_code ignored;
  if (std::filesystem::exists(stem + ".pem", ignored)
      && std::filesystem::exists(stem + ".key", ignored))
    return caf::none;
  key_ptr key{EVP_EC_gen("P-256")};
  auto certificate = key ? self_signed(key.get(), host) : nullptr;
  if (!certificate)
    return caf::make_error(ec::io, "failed to make the page's certificate for "
                                     + host + ": " + openssl_cause()
                                     + "; name one in gateway.certificate");
  auto mask = umask(077);
  file_ptr key_file{fopen((stem + ".key").c_str(), "w")};
  umask(mask);
  if (!key_file
      || PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0,
                              nullptr, nullptr)
           != 1
      || fflush(key_file.get()) != 0)
    return failed(stem + ".key");
  file_ptr file{fopen((stem + ".pem").c_str(), "w")};
  if (!file || PEM_write_X509(file.get(), certificate.get()) != 1
      || fflush(file.get()) != 0)
    return failed(stem + ".pem");
  return caf::none;
}

std::string fingerprint_of(const std::string& certificate) {
  file_ptr file{fopen(certificate.c_str(), "r")};
  certificate_ptr x{file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr)
                         : nullptr};
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (!x || X509_digest(x.get(), EVP_sha256(), bytes, &size) != 1)
    return {};
  std::string result;
  for (unsigned int i = 0; i < size; ++i) {
    char text[4];
    std::snprintf(text, sizeof text, "%s%02X", i == 0 ? "" : ":", bytes[i]);
    result += text;
  }
  return result;
}

} // namespace vpaas
