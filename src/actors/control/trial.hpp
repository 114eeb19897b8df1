#pragma once

#include "messages/protocol.hpp"

#include <caf/all.hpp>

#include <functional>

namespace vpaas {

/// Does once what takes long and ends: answers `apply_atom` with nothing, or
/// with what went wrong. Spawn detached.
caf::behavior trial(caf::event_based_actor* self,
                    std::function<caf::error()> attempt);

} // namespace vpaas
