#include "runtime/node/lua_library.hpp"

#include <lua.hpp>

#include <algorithm>
#include <limits>

namespace vpaas {

namespace {

/// `pcall` stays: a script that swallows its limit is stopped again by its next
/// instruction.
constexpr const char* kept_globals[]
  = {"assert", "error",    "ipairs",   "next", "pairs",    "pcall",
     "select", "tonumber", "tostring", "type", "rawequal", "rawlen"};
constexpr const char* kept_strings[] = {
  "byte", "char", "format", "len", "lower", "rep", "reverse", "sub", "upper"};

/// What a call costs beyond the instruction itself, from its arguments.
using cost_function = uint64_t (*)(lua_State*);

constexpr uint64_t too_much = std::numeric_limits<uint64_t>::max() / 4;

uint64_t span(lua_Integer from, lua_Integer to) {
  return to < from ? 0
                   : static_cast<uint64_t>(to) - static_cast<uint64_t>(from);
}

uint64_t length_of(lua_State* lua, int index) {
  return lua_istable(lua, index) ? lua_rawlen(lua, index) : 0;
}

/// rep(text, n, separator): also where the text is empty.
uint64_t cost_of_rep(lua_State* lua) {
  auto n = std::max<lua_Integer>(luaL_optinteger(lua, 2, 0), 0);
  return std::min(static_cast<uint64_t>(n), too_much);
}

/// insert(table, position, value) and remove(table, position) move the rest.
uint64_t cost_of_insert(lua_State* lua) {
  return lua_gettop(lua) == 3
           ? std::min(span(luaL_optinteger(lua, 2, 1),
                           static_cast<lua_Integer>(length_of(lua, 1))),
                      length_of(lua, 1))
           : 0;
}

uint64_t cost_of_remove(lua_State* lua) {
  return lua_gettop(lua) == 2
           ? std::min(span(luaL_optinteger(lua, 2, 1),
                           static_cast<lua_Integer>(length_of(lua, 1))),
                      length_of(lua, 1))
           : 0;
}

/// move(from, first, last, to).
uint64_t cost_of_move(lua_State* lua) {
  return std::min(span(luaL_optinteger(lua, 2, 0), luaL_optinteger(lua, 3, 0)),
                  too_much);
}

/// About n log2 n comparisons.
uint64_t cost_of_sort(lua_State* lua) {
  auto n = length_of(lua, 1);
  uint64_t result = 0;
  for (auto rest = n; rest > 1; rest /= 2)
    result += n;
  return result;
}

/// concat(table, separator, first, last).
uint64_t cost_of_concat(lua_State* lua) {
  auto last = luaL_optinteger(lua, 4,
                              static_cast<lua_Integer>(length_of(lua, 1)));
  return std::min(span(luaL_optinteger(lua, 3, 1), last), too_much);
}

struct charged {
  const char* library;
  const char* name;
  cost_function cost;
};

constexpr charged charged_calls[] = {
  {"string", "rep", cost_of_rep},      {"table", "insert", cost_of_insert},
  {"table", "remove", cost_of_remove}, {"table", "move", cost_of_move},
  {"table", "sort", cost_of_sort},     {"table", "concat", cost_of_concat},
};

/// Charges for a call and makes it. Its upvalues are the charge, the cost and
/// Lua's own function.
int charged_call(lua_State* lua) {
  auto charge = reinterpret_cast<charge_function>(
    lua_touserdata(lua, lua_upvalueindex(1)));
  auto cost
    = reinterpret_cast<cost_function>(lua_touserdata(lua, lua_upvalueindex(2)));
  charge(lua, cost(lua));
  lua_pushvalue(lua, lua_upvalueindex(3));
  lua_insert(lua, 1);
  lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
  return lua_gettop(lua);
}

/// Removes all but `kept` from the table on top of the stack.
template <size_t N>
void strip(lua_State* lua, const char* const (&kept)[N]) {
  lua_createtable(lua, 0, N);
  for (auto name : kept) {
    lua_getfield(lua, -2, name);
    lua_setfield(lua, -2, name);
  }
  lua_remove(lua, -2);
}

void wrap(lua_State* lua, const charged& x, charge_function charge) {
  lua_getglobal(lua, x.library);
  lua_pushlightuserdata(lua, reinterpret_cast<void*>(charge));
  lua_pushlightuserdata(lua, reinterpret_cast<void*>(x.cost));
  lua_getfield(lua, -3, x.name);
  lua_pushcclosure(lua, charged_call, 3);
  lua_setfield(lua, -2, x.name);
  lua_pop(lua, 1);
}

} // namespace

void open_library(lua_State* lua, charge_function charge) {
  luaL_requiref(lua, "_G", luaopen_base, 0);
  strip(lua, kept_globals);
  lua_pushvalue(lua, -1);
  lua_rawseti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  luaL_requiref(lua, "math", luaopen_math, 0);
  lua_setfield(lua, -2, "math");
  luaL_requiref(lua, "table", luaopen_table, 0);
  lua_setfield(lua, -2, "table");
  luaL_requiref(lua, "string", luaopen_string, 0);
  strip(lua, kept_strings);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -3, "string");
  // ("x"):upper() goes through the metatable of strings.
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  lua_settop(lua, 0);
  for (const auto& x : charged_calls)
    wrap(lua, x, charge);
}

} // namespace vpaas
