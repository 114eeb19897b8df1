#include "runtime/node/credentials.hpp"

#include "runtime/error.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace vpaas {

namespace {

constexpr const char* identity_of_secret = "vpaas";

caf::error refuse_file(const std::string& key, const std::string& path,
                       const std::string& cause) {
  return caf::make_error(ec::bad_config, "failed to load openssl." + key + " "
                                           + path + ": " + cause
                                           + "; make one with vpaas certs");
}

/// The whole file at once: what is replaced meanwhile cannot be half of each.
caf::expected<bio_ptr> read_file(const std::string& key,
                                 const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return refuse_file(key, path, std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  bio_ptr result{BIO_new(BIO_s_mem())};
  if (!result
      || BIO_write(result.get(), text.data(), static_cast<int>(text.size()))
           != static_cast<int>(text.size()))
    return refuse_file(key, path, text.empty() ? "it is empty" : "no memory");
  return result;
}

/// What all contexts have in common. Sessions are not taken up again: each
/// connection proves itself anew.
ssl_context new_context() {
  ssl_context result{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  auto x = result.get();
  SSL_CTX_set_min_proto_version(x, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(x, 0);
  // Messages say how long they are: an end without a farewell cuts none short,
  // and who looks whether the port is open hangs up so.
  SSL_CTX_set_options(x, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(x, SSL_MODE_ENABLE_PARTIAL_WRITE
                        | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                        | SSL_MODE_RELEASE_BUFFERS);
  return result;
}

/// Takes the certificate and those of authorities between it and ours.
bool use_certificates(SSL_CTX* context, BIO* text) {
  certificate_ptr own{PEM_read_bio_X509_AUX(text, nullptr, nullptr, nullptr)};
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1)
    return false;
  for (;;) {
    certificate_ptr x{PEM_read_bio_X509(text, nullptr, nullptr, nullptr)};
    if (!x)
      break;
    if (SSL_CTX_add1_chain_cert(context, x.get()) != 1)
      return false;
  }
  ERR_clear_error(); // of the end of the file
  return true;
}

bool use_key(SSL_CTX* context, BIO* text) {
  key_ptr key{PEM_read_bio_PrivateKey(text, nullptr, nullptr, nullptr)};
  return key && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

bool trust(SSL_CTX* context, BIO* text) {
  auto store = SSL_CTX_get_cert_store(context);
  auto count = 0;
  for (;;) {
    certificate_ptr x{PEM_read_bio_X509(text, nullptr, nullptr, nullptr)};
    if (!x)
      break;
    if (X509_STORE_add_cert(store, x.get()) != 1)
      return false;
    ++count;
  }
  if (count > 0)
    ERR_clear_error(); // of the end of the file
  return count > 0;
}

/// What `context` shall not trust any more; the numbers of all go to `numbers`.
caf::error distrust(SSL_CTX* context, const std::string& path,
                    std::set<std::string>& numbers) {
  auto text = read_file("revoked", path);
  if (!text)
    return std::move(text.error());
  revocations_ptr all{
    PEM_read_bio_X509_CRL(text->get(), nullptr, nullptr, nullptr)};
  auto store = SSL_CTX_get_cert_store(context);
  if (!all || X509_STORE_add_crl(store, all.get()) != 1
      || X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) != 1)
    return refuse_file("revoked", path, openssl_cause());
  auto entries = X509_CRL_get_REVOKED(all.get());
  for (auto i = 0; i < sk_X509_REVOKED_num(entries); ++i)
    numbers.insert(text_of(
      X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, i))));
  return caf::none;
}

/// Whether the authority of `context` signed its certificate, in words.
std::string verify(SSL_CTX* context) {
  store_context_ptr store{X509_STORE_CTX_new()};
  X509_STORE_CTX_init(store.get(), SSL_CTX_get_cert_store(context),
                      SSL_CTX_get0_certificate(context), nullptr);
  if (X509_verify_cert(store.get()) == 1)
    return "";
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(store.get()));
}

/// One of the three files, and what takes it.
caf::error use(SSL_CTX* context, const std::string& key,
               const std::string& path, bool (*take)(SSL_CTX*, BIO*)) {
  ERR_clear_error();
  auto text = read_file(key, path);
  if (!text)
    return std::move(text.error());
  if (!take(context, text->get()))
    return refuse_file(key, path, openssl_cause());
  return caf::none;
}

/// @param revoked serial numbers, out; not empty: there was a list before
caf::expected<ssl_context> context_of(const tls_files& files,
                                      std::set<std::string>& revoked) {
  auto result = new_context();
  auto x = result.get();
  if (auto err = use(x, "key", files.key, use_key))
    return err;
  if (auto err = use(x, "certificate", files.certificate, use_certificates))
    return err;
  if (SSL_CTX_check_private_key(x) != 1)
    return caf::make_error(ec::bad_config,
                           "openssl.key " + files.key
                             + " does not belong to openssl.certificate "
                             + files.certificate);
  if (auto err = use(x, "cafile", files.cafile, trust))
    return err;
  auto there_was_one = !revoked.empty();
  revoked.clear();
  std::error_code failed;
  if (!files.revoked.empty()
      && (there_was_one || std::filesystem::exists(files.revoked, failed)))
    if (auto err = distrust(x, files.revoked, revoked))
      return err;
  if (auto cause = verify(x); !cause.empty())
    return caf::make_error(
      ec::bad_config, "openssl.certificate " + files.certificate
                        + " is refused by openssl.cafile " + files.cafile + ": "
                        + cause + "; issue it again with vpaas certs issue");
  SSL_CTX_set_verify(x, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  return result;
}

// -- the secret ---------------------------------------------------------------

int secret_slot() {
  static auto result = SSL_CTX_get_ex_new_index(
    0, nullptr, nullptr, nullptr,
    [](void*, void* value, CRYPTO_EX_DATA*, int, long, void*) {
      delete static_cast<std::string*>(value);
    });
  return result;
}

/// Copies the secret of the context of `ssl`; returns its size.
unsigned copy_secret(SSL* ssl, unsigned char* out, unsigned room) {
  auto secret = static_cast<const std::string*>(
    SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), secret_slot()));
  if (!secret || secret->size() > room)
    return 0;
  std::copy(secret->begin(), secret->end(), out);
  return static_cast<unsigned>(secret->size());
}

unsigned offer_secret(SSL* ssl, const char*, char* name, unsigned name_room,
                      unsigned char* out, unsigned room) {
  if (std::strlen(identity_of_secret) >= name_room)
    return 0;
  std::strcpy(name, identity_of_secret);
  return copy_secret(ssl, out, room);
}

unsigned find_secret(SSL* ssl, const char* name, unsigned char* out,
                     unsigned room) {
  return std::strcmp(name, identity_of_secret) == 0
           ? copy_secret(ssl, out, room)
           : 0;
}

} // namespace

credentials::credentials(tls_files files) : files_(std::move(files)) {
  // nop
}

caf::expected<credentials_ptr> credentials::load(tls_files files) {
  for (auto [key, value] :
       {std::pair{"certificate", &files.certificate},
        std::pair{"key", &files.key}, std::pair{"cafile", &files.cafile}})
    if (value->empty())
      return caf::make_error(ec::bad_config,
                             std::string{"openssl."} + key
                               + " is missing; TLS needs certificate, key and "
                                 "cafile, or none of them");
  credentials_ptr result{new credentials(std::move(files))};
  if (auto err = result->reload())
    return err;
  return result;
}

caf::expected<credentials_ptr>
credentials::from_secret(const std::string& secret) {
  credentials_ptr result{new credentials(tls_files{})};
  result->context_ = new_context();
  auto x = result->context_.get();
  SSL_CTX_set_ex_data(x, secret_slot(), new std::string(secret));
  // A secret is bound to the hash of its cipher.
  SSL_CTX_set_ciphersuites(x, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_psk_client_callback(x, offer_secret);
  SSL_CTX_set_psk_server_callback(x, find_secret);
  // Whoever shows a certificate instead is refused: none is trusted.
  SSL_CTX_set_verify(x, SSL_VERIFY_PEER, nullptr);
  return result;
}

ssl_context credentials::current() const {
  std::lock_guard<std::mutex> guard{mutex_};
  return context_;
}

credentials::identity credentials::who() const {
  std::lock_guard<std::mutex> guard{mutex_};
  return who_;
}

caf::error credentials::reload() {
  if (!certified())
    return caf::none;
  auto now = stamp();
  auto revoked = revoked_numbers();
  auto fresh = context_of(files_, revoked);
  std::lock_guard<std::mutex> guard{mutex_};
  seen_ = now;
  if (!fresh)
    return std::move(fresh.error());
  who_ = holder_in(SSL_CTX_get0_certificate(fresh->get()));
  context_ = std::move(*fresh);
  revoked_ = std::move(revoked);
  ++revision_;
  return caf::none;
}

bool credentials::is_revoked(const std::string& serial) const {
  std::lock_guard<std::mutex> guard{mutex_};
  return revoked_.count(serial) > 0;
}

std::set<std::string> credentials::revoked_numbers() const {
  std::lock_guard<std::mutex> guard{mutex_};
  return revoked_;
}

bool credentials::changed() {
  if (!certified())
    return false;
  auto now = stamp();
  std::lock_guard<std::mutex> guard{mutex_};
  return now != seen_;
}

std::string credentials::stamp() const {
  std::string result;
  for (auto path :
       {&files_.certificate, &files_.key, &files_.cafile, &files_.revoked}) {
    struct stat facts {};
    if (::stat(path->c_str(), &facts) == 0)
      result += std::to_string(facts.st_ino) + "/"
                + std::to_string(facts.st_size) + "/"
                + std::to_string(facts.st_mtim.tv_sec) + "."
                + std::to_string(facts.st_mtim.tv_nsec);
    result += ";";
  }
  return result;
}

} // namespace vpaas
