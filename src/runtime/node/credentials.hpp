#pragma once

#include "runtime/node/openssl.hpp"
#include "runtime/node/tls.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <string>

namespace vpaas {

/// What one node proves itself with, held in memory: connections never read a
/// file. Either a certificate of its own, or the secret of its user. Any
/// thread.
class credentials {
public:
  using identity = certificate_holder;

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

  /// What the holder of a certificate that says `x` may be taken for: `any`
  /// where those without a role are believed.
  node_role believed(node_role x) const {
    return x == node_role::none && files_.without_role ? node_role::any : x;
  }

  /// What this node is to others: `any` where it is a secret.
  node_role role() const {
    return certified() ? believed(who().role) : node_role::any;
  }

  /// Takes what the files hold now; where they are not whole, what was there
  /// before stays. @returns why they were not taken
  caf::error reload();

  /// Whether this certificate is worth nothing any more.
  bool is_revoked(const std::string& serial) const;

  /// Counts up whenever other certificates may be worth nothing.
  uint64_t revision() const {
    return revision_;
  }

  /// Whether the files changed since they were last looked at.
  bool changed();

private:
  explicit credentials(tls_files files);

  std::string stamp() const;

  std::set<std::string> revoked_numbers() const;

  const tls_files files_;
  mutable std::mutex mutex_;
  ssl_context context_;
  identity who_;
  std::set<std::string> revoked_; ///< serial numbers
  std::atomic<uint64_t> revision_{0};
  std::string seen_; ///< state of the files when they were last looked at
};

using credentials_ptr = std::shared_ptr<credentials>;

} // namespace vpaas
