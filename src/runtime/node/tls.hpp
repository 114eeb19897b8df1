#pragma once

#include "runtime/policy/peer_rights.hpp"

#include <caf/expected.hpp>
#include <caf/timestamp.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// Where a node finds what it proves itself with; all PEM.
struct tls_files {
  std::string certificate; ///< of this node
  std::string key;         ///< its private key
  std::string cafile;      ///< the authority that all nodes trust
  /// Who has a certificate that names no role may do what any other may.
  bool without_role = false;
  /// Certificates that are worth nothing any more, a list that the authority
  /// signed; while there is no such file none is.
  std::string revoked{};

  bool any() const {
    return !certificate.empty() || !key.empty() || !cafile.empty();
  }
};

/// What a certificate says of whose it is.
struct certificate_holder {
  std::string name;
  caf::timestamp ends;
  node_role role = node_role::none;
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
/// @param role of the node; none: the one that its name speaks of, if any
/// @returns ec::bad_input for a name that is no file name; ec::io
caf::error issue_certificate(const std::string& folder, const std::string& name,
                             int days, node_role role = node_role::none);

/// Makes both files anew and puts them in the place of the old ones.
/// @param role none: as before, else the one that its name speaks of, if any
/// @returns ec::not_found where there are none; as `issue_certificate`
caf::error renew_certificate(const std::string& folder, const std::string& name,
                             int days, node_role role = node_role::none);

/// Adds the certificate of `name` to the list of those that are worth nothing,
/// revoked.pem.
/// @returns ec::not_found where there is none; ec::io
caf::error revoke_certificate(const std::string& folder,
                              const std::string& name);

/// Whose certificates are in `folder`, by name, without the authority's.
std::vector<certificate_holder> certificates_in(const std::string& folder);

} // namespace vpaas
