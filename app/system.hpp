#pragma once

#include "runtime/node/settings.hpp"
#include "runtime/node/tls.hpp"

#include "runtime/policy/link_profile.hpp"

#include <caf/actor_system_config.hpp>

#include <string>

namespace vpaas {

/// Where a checked configuration says that the TLS files are.
tls_files tls_paths(const settings& x);

/// How patient links are on `network`, "lan" or "wan".
link_profile profile_of(const std::string& network);

/// Where a node keeps what must survive a restart: [store] folder, else
/// $XDG_DATA_HOME/vpaas/NAME (by default in ~/.local/share).
std::string data_folder(const settings& x);

/// CAF's configuration for a process that talks to nodes: our message types,
/// the network, TLS where `tls` is set, and what [scheduler] says.
struct node_system_config : caf::actor_system_config {
  node_system_config(const settings& x, bool tls);
};

} // namespace vpaas
