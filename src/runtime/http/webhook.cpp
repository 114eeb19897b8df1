#include "runtime/http/webhook.hpp"

#include "runtime/error.hpp"

#include <httplib.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdio>
#include <regex>
#include <utility>

namespace vpaas {

struct webhook::impl {
  webhook_config cfg;
  std::string shown; ///< the address without a password
  std::string path;
  std::unique_ptr<httplib::Client> client;
};

std::string webhook_signature(const std::string& secret,
                              const std::string& body, caf::timestamp now) {
  auto seconds = std::to_string(
    std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch())
      .count());
  auto text = seconds + "." + body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       digest.data(), &size);
  auto result = "t=" + seconds + ",v1=";
  for (unsigned i = 0; i < size; ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", digest[i]);
    result += two;
  }
  return result;
}

caf::expected<webhook> webhook::open(webhook_config cfg) {
  static const std::regex form{
    R"((https?://(\[[0-9a-fA-F:]+\]|[^/:@?#\s]+)(:[0-9]{1,5})?)(/\S*)?)"};
  std::smatch parts;
  if (!std::regex_match(cfg.url, parts, form))
    return caf::make_error(ec::bad_config,
                           "the webhook is no address; write "
                           "https://HOST[:PORT]/PATH, without a password in "
                           "it");
  auto result = std::make_unique<impl>();
  result->shown = parts[1];
  result->path = parts[4].matched ? parts[4].str() : "/";
  result->client = std::make_unique<httplib::Client>(parts[1].str());
  auto& x = *result->client;
  auto half
    = std::chrono::duration_cast<std::chrono::microseconds>(cfg.patience)
        .count()
      / 2;
  x.set_connection_timeout(0, half);
  x.set_read_timeout(0, half);
  x.set_write_timeout(0, half);
  x.set_follow_location(false);
  if (!cfg.cafile.empty())
    x.set_ca_cert_path(cfg.cafile);
  result->cfg = std::move(cfg);
  return webhook{std::move(result)};
}

webhook::webhook(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

webhook::webhook(webhook&&) noexcept = default;

webhook& webhook::operator=(webhook&&) noexcept = default;

webhook::~webhook() = default;

caf::error webhook::post(const std::string& body, caf::timestamp now) {
  httplib::Headers headers;
  if (!impl_->cfg.secret.empty())
    headers.emplace("X-VPaaS-Signature",
                    webhook_signature(impl_->cfg.secret, body, now));
  auto found = impl_->client->Post(impl_->path, headers, body,
                                   "application/json");
  auto failed = [&](const std::string& why) {
    return caf::make_error(ec::io, "failed to tell " + impl_->shown + ": " + why
                                     + "; it is tried again");
  };
  if (!found)
    return failed("no answer (" + httplib::to_string(found.error()) + ")");
  if (found->status < 200 || found->status > 299)
    return failed("it answered " + std::to_string(found->status));
  return caf::none;
}

} // namespace vpaas
