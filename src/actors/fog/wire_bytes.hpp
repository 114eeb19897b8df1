#pragma once

#include "messages/protocol.hpp"

#include <caf/all.hpp>

namespace vpaas {

// What the messages of a link weigh on the way to another node, headers of CAF
// included; TLS, TCP and IP add their own, and so does whatever is sent again.

/// Bytes of the call of a function of the remote node.
uint64_t call_bytes(caf::actor_system& sys, const std::string& path,
                    const item& x);

/// Bytes of its answer.
uint64_t answer_bytes(caf::actor_system& sys, const item& x);

/// Bytes of a transfer of so many bytes: it is offered, goes in slices of the
/// largest size, and is confirmed.
uint64_t transfer_bytes(caf::actor_system& sys, transfer_offer offer,
                        uint64_t bytes);

} // namespace vpaas
