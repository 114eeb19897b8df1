#pragma once

#include "runtime/node/credentials.hpp"
#include "runtime/node/settings.hpp"
#include "runtime/node/tls.hpp"
#include "runtime/policy/link_profile.hpp"

#include <caf/actor_system_config.hpp>

#include <string>

namespace vpaas {

/// Where a checked configuration says that the TLS files are. Of a folder of
/// certificates a node takes that of its name, the command line "operator".
tls_files tls_paths(const settings& x);

/// What this process proves itself with: the certificate that [openssl] names,
/// else the secret of its user, which is made where there is none.
/// @returns ec::bad_config or ec::io
caf::expected<credentials_ptr> credentials_of(const settings& x);

/// How patient links are on `network`, "lan" or "wan".
link_profile profile_of(const std::string& network);

/// Where a node keeps what must survive a restart: [store] folder, else
/// $XDG_DATA_HOME/vpaas/NAME (by default in ~/.local/share).
std::string data_folder(const settings& x);

/// CAF's configuration for a process that talks to nodes: our message types,
/// the network, and what [scheduler] says.
/// @param own what it proves itself with; null: it talks to no other process
struct node_system_config : caf::actor_system_config {
  node_system_config(const settings& x, credentials_ptr own);
};

} // namespace vpaas
