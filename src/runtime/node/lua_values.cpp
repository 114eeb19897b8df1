#include "runtime/node/lua_values.hpp"

#include "runtime/node/lua_sandbox.hpp"

#include <lua.hpp>

#include <cmath>

namespace vpaas {

namespace {

constexpr int max_depth = 32;         // of nested tables
constexpr size_t bytes_of_value = 16; // what the smallest costs

/// One value with all that is in it.
class taker {
public:
  taker(lua_State* lua, size_t bytes) : lua_(lua), left_(bytes) {
    // nop
  }

  caf::expected<json> take(int index, int depth) {
    size_t size = 0;
    switch (lua_type(lua_, index)) {
      case LUA_TNIL:
      case LUA_TNONE:
        return json{};
      case LUA_TBOOLEAN:
        return json(lua_toboolean(lua_, index) != 0);
      case LUA_TNUMBER:
        return take_number(index);
      case LUA_TSTRING: {
        auto text = lua_tolstring(lua_, index, &size);
        if (auto err = spend(size))
          return err;
        return json(std::string(text, size));
      }
      case LUA_TTABLE:
        return take_table(index, depth);
      default:
        return caf::make_error(ec::bad_config, std::string{"a "}
                                                 + luaL_typename(lua_, index)
                                                 + " is no value here");
    }
  }

private:
  caf::error spend(size_t bytes) {
    if (bytes > left_)
      return caf::make_error(ec::bad_config, "a value is too large, or holds "
                                             "a table too often");
    left_ -= bytes;
    return caf::none;
  }

  caf::expected<json> take_number(int index) {
    if (lua_isinteger(lua_, index)) {
      auto x = lua_tointeger(lua_, index);
      return x < 0 ? json(x) : json(static_cast<uint64_t>(x));
    }
    if (!std::isfinite(lua_tonumber(lua_, index)))
      return caf::make_error(ec::bad_config, "a number is not finite");
    return json(lua_tonumber(lua_, index));
  }

  caf::expected<json> take_table(int index, int depth) {
    if (depth >= max_depth || !lua_checkstack(lua_, 4))
      return caf::make_error(ec::bad_config, "tables are nested too deep");
    auto listed = json::array();
    auto length = static_cast<lua_Integer>(lua_rawlen(lua_, index));
    for (lua_Integer i = 1; i <= length; ++i) {
      lua_rawgeti(lua_, index, i);
      auto value = take_element(depth);
      lua_pop(lua_, 1);
      if (!value)
        return value.error();
      listed.push_back(std::move(*value));
    }
    auto named = take_names(index, depth, length);
    if (!named || listed.empty())
      return named;
    if (named->empty())
      return listed;
    (*named)[positions_key] = std::move(listed);
    return named;
  }

  /// What stands in a table beside its `length` positions.
  caf::expected<json> take_names(int index, int depth, lua_Integer length) {
    auto result = json::object();
    lua_pushnil(lua_);
    while (lua_next(lua_, index) != 0) {
      auto top = lua_gettop(lua_);
      if (lua_type(lua_, top - 1) == LUA_TSTRING) {
        size_t size = 0;
        auto key = lua_tolstring(lua_, top - 1, &size);
        auto value = take_element(depth);
        if (!value) {
          lua_pop(lua_, 2);
          return value.error();
        }
        result[std::string(key, size)] = std::move(*value);
      } else if (!lua_isinteger(lua_, top - 1)
                 || lua_tointeger(lua_, top - 1) < 1
                 || lua_tointeger(lua_, top - 1) > length) {
        lua_pop(lua_, 2);
        return caf::make_error(ec::bad_config,
                               "a table has a key that is neither a name nor "
                               "a position without gaps");
      }
      lua_pop(lua_, 1);
    }
    return result;
  }

  /// The value on top of the stack.
  caf::expected<json> take_element(int depth) {
    if (auto err = spend(bytes_of_value))
      return err;
    return take(lua_gettop(lua_), depth + 1);
  }

  lua_State* lua_;
  size_t left_;
};

} // namespace

void push_value(lua_State* lua, const json& x) {
  luaL_checkstack(lua, 4, "too deep");
  switch (x.type()) {
    case json::value_t::boolean:
      lua_pushboolean(lua, x.get<bool>());
      break;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      lua_pushinteger(lua, x.get<lua_Integer>());
      break;
    case json::value_t::number_float:
      lua_pushnumber(lua, x.get<double>());
      break;
    case json::value_t::string: {
      const auto& text = x.get_ref<const std::string&>();
      lua_pushlstring(lua, text.data(), text.size());
      break;
    }
    case json::value_t::array: {
      lua_createtable(lua, static_cast<int>(x.size()), 0);
      lua_Integer i = 0;
      for (const auto& element : x) {
        push_value(lua, element);
        lua_rawseti(lua, -2, ++i);
      }
      break;
    }
    case json::value_t::object:
      lua_createtable(lua, 0, static_cast<int>(x.size()));
      for (const auto& [key, value] : x.items()) {
        lua_pushlstring(lua, key.data(), key.size());
        push_value(lua, value);
        lua_rawset(lua, -3);
      }
      break;
    default:
      lua_pushnil(lua);
  }
}

caf::expected<json> pull_value(lua_State* lua, int index, size_t bytes) {
  return taker{lua, bytes}.take(index, 0);
}

} // namespace vpaas
