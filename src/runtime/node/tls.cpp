#include "runtime/node/tls.hpp"

#include "runtime/error.hpp"
#include "runtime/name.hpp"
#include "runtime/node/credentials.hpp"
#include "runtime/private_folder.hpp"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace vpaas {

namespace {

using file_ptr = std::unique_ptr<FILE, freer<fclose>>;

caf::error refuse(const std::string& what) {
  return caf::make_error(ec::bad_config, what + " " + openssl_cause());
}

file_ptr open_file(const std::string& path, const char* mode) {
  return file_ptr{fopen(path.c_str(), mode)};
}

certificate_ptr read_certificate(const std::string& path) {
  auto file = open_file(path, "r");
  return certificate_ptr{
    file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr};
}

key_ptr read_key(const std::string& path) {
  auto file = open_file(path, "r");
  return key_ptr{file
                   ? PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr)
                   : nullptr};
}

bool add_extension(X509* certificate, X509* issuer, int kind,
                   const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  extension_ptr x{X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  return x && X509_add_ext(certificate, x.get(), -1) == 1;
}

/// A random serial number of 16 bytes.
bool set_serial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1)
    return false;
  bytes[0] &= 0x7f; // not negative
  std::unique_ptr<BIGNUM, freer<BN_free>> number{
    BN_bin2bn(bytes, sizeof bytes, nullptr)};
  return number
         && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate))
              != nullptr;
}

bool add_to(X509_NAME* subject, const char* key, const std::string& value) {
  auto bytes = reinterpret_cast<const unsigned char*>(value.c_str());
  return X509_NAME_add_entry_by_txt(subject, key, MBSTRING_UTF8, bytes, -1, -1,
                                    0)
         == 1;
}

/// A certificate for `key`, filled in but not signed.
certificate_ptr new_certificate(const certificate_holder& whose, EVP_PKEY* key,
                                int days) {
  certificate_ptr result{X509_new()};
  auto subject = X509_get_subject_name(result.get());
  auto ok = X509_set_version(result.get(), 2) == 1 && set_serial(result.get())
            && X509_gmtime_adj(X509_getm_notBefore(result.get()), -60)
            && X509_time_adj_ex(X509_getm_notAfter(result.get()), days, 0,
                                nullptr)
            && (whose.role == node_role::none
                || add_to(subject, "OU", to_string(whose.role)))
            && add_to(subject, "CN", whose.name)
            && X509_set_pubkey(result.get(), key) == 1;
  return ok ? std::move(result) : nullptr;
}

caf::error write_files(const std::string& stem, X509* certificate,
                       EVP_PKEY* key) {
  auto fail = [&](const std::string& path) {
    return caf::make_error(ec::io, "failed to write " + path
                                     + "; is the disk full, or the folder "
                                       "read-only?");
  };
  // Nobody else may read the key, not even for a moment.
  auto mask = umask(077);
  auto key_file = open_file(stem + ".key", "wx");
  umask(mask);
  if (!key_file
      || PEM_write_PrivateKey(key_file.get(), key, nullptr, nullptr, 0, nullptr,
                              nullptr)
           != 1
      || fflush(key_file.get()) != 0)
    return fail(stem + ".key");
  auto file = open_file(stem + ".pem", "wx");
  if (!file || PEM_write_X509(file.get(), certificate) != 1
      || fflush(file.get()) != 0)
    return fail(stem + ".pem");
  return caf::none;
}

/// Makes and writes one certificate; without an issuer it signs itself.
caf::error make_certificate(const std::string& stem,
                            const certificate_holder& whose, int days,
                            X509* issuer, EVP_PKEY* issuer_key) {
  key_ptr key{EVP_EC_gen("P-256")};
  auto x = key ? new_certificate(whose, key.get(), days) : nullptr;
  if (!x)
    return refuse("failed to make a certificate:");
  auto parent = issuer ? issuer : x.get();
  auto usage = issuer ? "critical,digitalSignature"
                      : "critical,keyCertSign,cRLSign";
  auto ok
    = X509_set_issuer_name(x.get(), X509_get_subject_name(parent)) == 1
      && add_extension(x.get(), parent, NID_basic_constraints,
                       issuer ? "critical,CA:FALSE" : "critical,CA:TRUE")
      && add_extension(x.get(), parent, NID_key_usage, usage)
      && add_extension(x.get(), parent, NID_subject_key_identifier, "hash")
      && X509_sign(x.get(), issuer ? issuer_key : key.get(), EVP_sha256()) > 0;
  if (!ok)
    return refuse("failed to sign a certificate:");
  return write_files(stem, x.get(), key.get());
}

} // namespace

caf::expected<bool> check_tls(const tls_files& files) {
  if (!files.any())
    return false;
  auto loaded = credentials::load(files);
  if (!loaded)
    return std::move(loaded.error());
  return true;
}

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1)
    return ntohl(v4.s_addr) >> 24 == 127;
  return host == "localhost" || host == "::1";
}

caf::error check_exposure(const std::string& host, bool tls) {
  if (tls || is_loopback(host))
    return caf::none;
  return caf::make_error(ec::bad_config,
                         "node.host = \"" + host
                           + "\": without TLS a node listens on loopback only; "
                             "set [openssl] (vpaas certs makes the files) or "
                             "host=\"127.0.0.1\"");
}

caf::error make_authority(const std::string& folder, int days) {
  if (auto code = make_private_folder(folder))
    return caf::make_error(ec::io, "failed to make the folder " + folder + ": "
                                     + std::strerror(code));
  if (std::filesystem::exists(folder + "/ca.key")
      || std::filesystem::exists(folder + "/ca.pem"))
    return caf::make_error(ec::bad_config,
                           folder
                             + " has an authority already; a new one would "
                               "cut off every node. Name another folder");
  return make_certificate(folder + "/ca", {"vpaas-ca", {}, node_role::none},
                          days, nullptr, nullptr);
}

namespace {

caf::error check_certificate_name(const std::string& name) {
  if (is_name(name) && name != "ca" && name != "revoked")
    return caf::none;
  return caf::make_error(
    ec::bad_input, "\"" + name + "\" is no name of a node; write " + name_rule);
}

caf::error no_authority(const std::string& folder) {
  return caf::make_error(ec::io, "failed to read the authority in " + folder
                                   + ": " + openssl_cause()
                                   + "; make one with vpaas certs init");
}

/// @param stem of the new files
caf::error sign(const std::string& folder, const std::string& stem,
                const certificate_holder& whose, int days) {
  auto authority = read_certificate(folder + "/ca.pem");
  auto key = read_key(folder + "/ca.key");
  if (!authority || !key)
    return no_authority(folder);
  return make_certificate(stem, whose, days, authority.get(), key.get());
}

node_role either(node_role x, node_role otherwise) {
  return x == node_role::none ? otherwise : x;
}

} // namespace

caf::error issue_certificate(const std::string& folder, const std::string& name,
                             int days, node_role role) {
  if (auto err = check_certificate_name(name))
    return err;
  auto stem = folder + "/" + name;
  if (std::filesystem::exists(stem + ".key"))
    return caf::make_error(ec::bad_config,
                           stem
                             + ".key exists; vpaas certs renew replaces both "
                               "files");
  return sign(folder, stem, {name, {}, either(role, role_in_name(name))}, days);
}

caf::error renew_certificate(const std::string& folder, const std::string& name,
                             int days, node_role role) {
  if (auto err = check_certificate_name(name))
    return err;
  auto stem = folder + "/" + name;
  auto old = read_certificate(stem + ".pem");
  if (!old)
    return caf::make_error(ec::not_found, "there is no " + stem
                                            + ".pem; make it with vpaas certs "
                                              "issue "
                                            + name);
  auto before = either(holder_in(old.get()).role, role_in_name(name));
  std::error_code failed;
  for (auto end : {".key", ".pem"}) // of a renewal that was cut short
    std::filesystem::remove(stem + ".new" + end, failed);
  if (auto err = sign(folder, stem + ".new", {name, {}, either(role, before)},
                      days))
    return err;
  for (auto end : {".key", ".pem"}) {
    std::filesystem::rename(stem + ".new" + end, stem + end, failed);
    if (failed)
      return caf::make_error(ec::io, "failed to replace " + stem + end + ": "
                                       + failed.message());
  }
  return caf::none;
}

namespace {

/// The list that is there, or a new one.
revocations_ptr revocations_at(const std::string& path, X509* authority) {
  if (auto file = open_file(path, "r"))
    return revocations_ptr{
      PEM_read_X509_CRL(file.get(), nullptr, nullptr, nullptr)};
  revocations_ptr result{X509_CRL_new()};
  auto ok = result && X509_CRL_set_version(result.get(), 1) == 1
            && X509_CRL_set_issuer_name(result.get(),
                                        X509_get_subject_name(authority))
                 == 1;
  return ok ? std::move(result) : nullptr;
}

using moment_ptr = std::unique_ptr<ASN1_TIME, freer<ASN1_TIME_free>>;

/// Adds a certificate, unless it is there, and signs all.
bool revoke(X509_CRL* all, X509* x, EVP_PKEY* key) {
  moment_ptr now{X509_gmtime_adj(nullptr, 0)};
  // It is replaced, and does not end by itself.
  moment_ptr end{X509_time_adj_ex(nullptr, 36500, 0, nullptr)};
  auto serial = X509_get_serialNumber(x);
  X509_REVOKED* known = nullptr;
  if (X509_CRL_get0_by_serial(all, &known, serial) == 0) {
    auto entry = X509_REVOKED_new();
    if (X509_REVOKED_set_serialNumber(entry, serial) != 1
        || X509_REVOKED_set_revocationDate(entry, now.get()) != 1
        || X509_CRL_add0_revoked(all, entry) != 1) {
      X509_REVOKED_free(entry);
      return false;
    }
  }
  return X509_CRL_set1_lastUpdate(all, now.get()) == 1
         && X509_CRL_set1_nextUpdate(all, end.get()) == 1
         && X509_CRL_sort(all) == 1
         && X509_CRL_sign(all, key, EVP_sha256()) > 0;
}

caf::error write_revocations(const std::string& path, X509_CRL* all) {
  {
    auto file = open_file(path + ".new", "w");
    if (!file || PEM_write_X509_CRL(file.get(), all) != 1
        || fflush(file.get()) != 0)
      return caf::make_error(ec::io, "failed to write " + path
                                       + "; is the disk full, or the folder "
                                         "read-only?");
  }
  std::error_code failed;
  std::filesystem::rename(path + ".new", path, failed);
  return failed ? caf::make_error(ec::io, "failed to replace " + path + ": "
                                            + failed.message())
                : caf::error{};
}

} // namespace

caf::error revoke_certificate(const std::string& folder,
                              const std::string& name) {
  if (auto err = check_certificate_name(name))
    return err;
  auto x = read_certificate(folder + "/" + name + ".pem");
  if (!x)
    return caf::make_error(ec::not_found, "there is no " + folder + "/" + name
                                            + ".pem; put the certificate that "
                                              "is to be revoked there");
  auto authority = read_certificate(folder + "/ca.pem");
  auto key = read_key(folder + "/ca.key");
  if (!authority || !key)
    return no_authority(folder);
  auto path = folder + "/revoked.pem";
  auto all = revocations_at(path, authority.get());
  if (!all || !revoke(all.get(), x.get(), key.get()))
    return refuse("failed to add to " + path + ":");
  return write_revocations(path, all.get());
}

std::vector<certificate_holder> certificates_in(const std::string& folder) {
  std::vector<certificate_holder> result;
  std::error_code failed;
  for (auto& x : std::filesystem::directory_iterator{folder, failed}) {
    auto name = x.path().stem().string();
    if (x.path().extension() != ".pem" || check_certificate_name(name))
      continue;
    if (auto read = read_certificate(x.path().string()))
      result.push_back(holder_in(read.get()));
  }
  std::sort(result.begin(), result.end(),
            [](auto& a, auto& b) { return a.name < b.name; });
  return result;
}

} // namespace vpaas
