#pragma once

#include "runtime/node/openssl.hpp"
#include "runtime/node/tls.hpp"

#include <caf/timestamp.hpp>

#include <mutex>
#include <string>

namespace vpaas {

/// What one node proves itself with, held in memory: connections never read a
/// file. Either a certificate of its own, or the secret of its user. Any
/// thread.
class credentials {
public:
  /// Who a certificate says that this is.
  struct identity {
    std::string name;
    caf::timestamp ends;
  };

  /// @returns ec::bad_config as `check_tls`
  static caf::expected<std::shared_ptr<credentials>> load(tls_files files);

  /// @param secret as `read_secret` returns it
  static caf::expected<std::shared_ptr<credentials>>
  from_secret(const std::string& secret);

  /// For the next connection. Those that are there keep what they began with.
  ssl_context current() const;

  bool certified() const {
    return files_.any();
  }

  /// Empty where it is a secret.
  identity who() const;

  /// Takes what the files hold now; where they are not whole, what was there
  /// before stays. @returns why they were not taken
  caf::error reload();

  /// Whether the files changed since they were last looked at.
  bool changed();

private:
  explicit credentials(tls_files files);

  std::string stamp() const;

  const tls_files files_;
  mutable std::mutex mutex_;
  ssl_context context_;
  identity who_;
  std::string seen_; ///< state of the files when they were last looked at
};

using credentials_ptr = std::shared_ptr<credentials>;

} // namespace vpaas
