#pragma once

#include "runtime/node/credentials.hpp"
#include "runtime/node/peer_book.hpp"
#include "runtime/policy/admission.hpp"

#include <caf/actor.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/node_id.hpp>

#include <memory>
#include <set>
#include <string>

namespace vpaas {

struct transport_config {
  credentials_ptr own;
  admission_limits strangers;
  peer_limits peers;
  /// How long a connection of ours may take to be made and proven.
  caf::timespan patience = std::chrono::seconds(5);
};

/// Lets the actor system that is made of `cfg` talk to others through TLS with
/// these credentials, instead of CAF's middleman and its OpenSSL module: those
/// read the files for each connection, throw where they cannot, let strangers
/// in before they have proven who they are, and believe any length.
/// @pre the middleman is loaded
void load_transport(caf::actor_system_config& cfg, transport_config transport);

/// The actor that makes connections: as `caf::io::middleman_actor`. CAF's own,
/// plain one where no transport was loaded.
caf::actor connector_of(caf::actor_system& sys);

/// Whether a process proved that it is the node of this name, and that its
/// role is this tier. True where there are no certificates: all who know the
/// secret are one.
/// @returns ec::bad_config with what it proved
caf::error check_name(caf::actor_system& sys, const caf::node_id& process,
                      const std::string& name, const std::string& tier);

/// How many messages of others went beyond their role.
uint64_t refused_messages(caf::actor_system& sys);

/// Who a process is, for those who read the log: the name in its certificate,
/// or that it knows the secret of this user. Empty for this process.
std::string who_is(caf::actor_system& sys, const caf::node_id& process);

/// Who this process says that it is, and until when; empty without a
/// certificate.
credentials::identity own_identity(caf::actor_system& sys);

/// Takes what the certificate files hold now. @returns why that cannot be
caf::error reload_certificate(caf::actor_system& sys);

/// Publishes `whom`. Blocks. @returns the port, or ec::io
caf::expected<uint16_t> publish(caf::actor_system& sys,
                                const caf::strong_actor_ptr& whom,
                                const std::set<std::string>& interface,
                                const std::string& host, uint16_t port);

/// The actor that is published there. Blocks for at most `timeout`.
/// @returns ec::io
caf::expected<caf::strong_actor_ptr>
find_published(caf::actor_system& sys, const std::string& host, uint16_t port,
               caf::timespan timeout);

} // namespace vpaas
