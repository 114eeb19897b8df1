#pragma once

#include "runtime/node/actor_kind.hpp"
#include "runtime/node/settings.hpp"

namespace vpaas {

// What each node binary can host; a link needs to know the network.

actor_kinds client_kinds(const settings& config);

actor_kinds fog_kinds(const settings& config);

actor_kinds cloud_kinds(const settings& config);

actor_kinds backend_kinds(const settings& config);

} // namespace vpaas
