#pragma once

#include <caf/all.hpp>

#include <memory>

namespace vpaas {

/// Stands for an actor that may hang, and has no mailbox of its own: what is
/// sent to it goes straight on. When it is killed it has ended at once for all
/// that monitor it, whatever the actor behind it is doing: that one is
/// abandoned, and ends when it comes back to its mailbox. What it still answers
/// goes to whoever asked. Any other end is that of the actor itself.
/// @returns `x` behind a guard
caf::actor guarded(caf::actor_system& system, const caf::actor& x);

/// Threads of this process that were abandoned and have not come back.
size_t hung_threads();

/// So many are borne: then nothing is started any more that may hang, because
/// each may hold a model. Only another process gets rid of them.
constexpr size_t max_hung_threads = 16;

/// Why nothing that may hang is started; none where it is.
caf::error check_hung_threads();

} // namespace vpaas
