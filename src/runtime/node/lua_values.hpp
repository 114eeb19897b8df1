#pragma once

#include "runtime/json.hpp"

#include <caf/expected.hpp>

struct lua_State;

namespace vpaas {

/// Puts a value on Lua's stack.
void push_value(lua_State* lua, const json& x);

/// Takes a value off Lua's stack, which keeps it. A table that stands in
/// several places is copied to each, so that what a script holds in little
/// memory may be without end: how much is taken is bounded.
/// @param bytes of text and tables that it may have
/// @returns ec::bad_config for what does not travel
caf::expected<json> pull_value(lua_State* lua, int index, size_t bytes);

} // namespace vpaas
