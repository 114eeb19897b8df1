#pragma once

#include "runtime/http/poster.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <string>

namespace vpaas {

/// Where news are sent to, and what proves that they come from here.
struct webhook_config {
  std::string url;    ///< https://HOST[:PORT]/PATH, or http://
  std::string secret; ///< key of the signature; empty: there is none
  std::string cafile; ///< PEM of who signs the receiver; empty: the system's
  caf::timespan patience = std::chrono::seconds(4); ///< for one answer
};

/// `X-VPaaS-Signature`: "t=SECONDS,v1=HEX", HEX being the HMAC-SHA256 under
/// `secret` of "SECONDS.BODY", SECONDS since 1970.
std::string webhook_signature(const std::string& secret,
                              const std::string& body, caf::timestamp now);

/// A client of one webhook: a POST of JSON at a time. Blocks; not for use by
/// two threads at once.
class webhook {
public:
  /// @returns ec::bad_config where the address is none
  static caf::expected<webhook> open(webhook_config cfg);

  /// @returns ec::io where it was not answered with 2xx, and why
  caf::error post(const std::string& body, caf::timestamp now);

private:
  webhook(poster to, std::string secret);

  poster to_;
  std::string secret_;
};

} // namespace vpaas
