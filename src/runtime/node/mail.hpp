#pragma once

#include "runtime/policy/peer_rights.hpp"

#include <caf/fwd.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/node_id.hpp>

#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// A message of CAF as it comes from the network.
struct mail {
  caf::node_id from, to; ///< nodes; only of a routed one
  bool goes_on = false;  ///< its answer would go to somebody else
  letter says;           ///< but for who gets it
};

/// Reads the beginning of a payload, before CAF takes all of it apart.
/// @pre `header` is that of a direct or a routed message
/// @returns nothing where it cannot be read
std::optional<mail> read_mail(caf::execution_unit* context,
                              const caf::io::basp::header& header,
                              const char* payload, size_t size);

/// The kind of a local actor: what its state is called.
std::string kind_of(const caf::strong_actor_ptr& x);

/// Header and payload of an error that answers a request.
/// @param to the node that asked, where its request was a routed one
std::vector<char> make_refusal(caf::execution_unit* context,
                               const caf::io::basp::header& request,
                               const caf::node_id& to, const caf::error& why);

} // namespace vpaas
