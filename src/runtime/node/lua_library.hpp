#pragma once

#include <cstdint>

struct lua_State;

namespace vpaas {

/// Charges the script that runs for work inside one call, in instructions;
/// raises an error of Lua where that is more than it may use up.
using charge_function = void (*)(lua_State* lua, uint64_t instructions);

/// Makes the globals of a script: what is left of Lua's library, where a call
/// that works through many elements or bytes is charged for each of them.
void open_library(lua_State* lua, charge_function charge);

} // namespace vpaas
