#pragma once

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

/// Where a node finds what it proves itself with; all PEM.
struct tls_files {
  std::string certificate; ///< of this node
  std::string key;         ///< its private key
  std::string cafile;      ///< the authority that all nodes trust

  bool any() const {
    return !certificate.empty() || !key.empty() || !cafile.empty();
  }
};

/// Loads all three files as a TLS handshake would. CAF itself aborts, or talks
/// to anybody, where one is missing.
/// @returns whether TLS is on: false where no file is named; ec::bad_config
///          where some are missing, unreadable, expired, do not belong
///          together, or where the authority did not sign the certificate.
caf::expected<bool> check_tls(const tls_files& files);

/// Whether `host` can be reached from this machine only.
bool is_loopback(const std::string& host);

/// Without TLS a node may listen on loopback only.
/// @returns ec::bad_config for another address
caf::error check_exposure(const std::string& host, bool tls);

/// Makes a private authority in `folder`: ca.pem and ca.key (readable by its
/// owner only).
/// @returns ec::bad_config where there is one already; ec::io
caf::error make_authority(const std::string& folder, int days);

/// Makes NAME.pem and NAME.key in `folder`, signed by the authority there.
/// @returns ec::bad_input for a name that is no file name; ec::io
caf::error issue_certificate(const std::string& folder, const std::string& name,
                             int days);

} // namespace vpaas
