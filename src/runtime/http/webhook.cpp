#include "runtime/http/webhook.hpp"

#include <openssl/hmac.h>

#include <array>
#include <cstdio>
#include <map>
#include <utility>

namespace vpaas {

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
  auto to = poster::open({"webhook", cfg.url, cfg.cafile, cfg.patience});
  if (!to)
    return std::move(to.error());
  return webhook{std::move(*to), std::move(cfg.secret)};
}

webhook::webhook(poster to, std::string secret)
  : to_(std::move(to)), secret_(std::move(secret)) {
  // nop
}

caf::error webhook::post(const std::string& body, caf::timestamp now) {
  std::map<std::string, std::string> headers;
  if (!secret_.empty())
    headers["X-VPaaS-Signature"] = webhook_signature(secret_, body, now);
  auto answer = to_.post(to_.path(), headers, body, "application/json");
  if (!answer)
    return std::move(answer.error());
  if (answer->status < 200 || answer->status > 299)
    return to_.failed("it answered " + std::to_string(answer->status));
  return caf::none;
}

} // namespace vpaas
