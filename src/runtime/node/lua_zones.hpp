#pragma once

#include "runtime/node/lua_sandbox.hpp"

namespace vpaas {

/// Gives a sandbox zones and lines (see `lua_function`). Their state is Lua's:
/// tables of the script, forgotten with it.
/// @returns ec::bad_config never, unless the sandbox is out of memory
caf::error add_zones(lua_sandbox& lua);

} // namespace vpaas
