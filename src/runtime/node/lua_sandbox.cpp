#include "runtime/node/lua_sandbox.hpp"

#include <lua.hpp>

#include <cmath>
#include <cstdlib>
#include <list>
#include <utility>

namespace vpaas {

namespace {

constexpr int max_depth = 32;      // of nested tables
constexpr int hook_interval = 100; // instructions between two looks

/// What is kept of the standard library. `pcall` stays: a script that swallows
/// its limit is stopped again by its next instruction.
constexpr const char* kept_globals[]
  = {"assert", "error",    "ipairs",   "next", "pairs",    "pcall",
     "select", "tonumber", "tostring", "type", "rawequal", "rawlen"};
constexpr const char* kept_strings[] = {
  "byte", "char", "format", "len", "lower", "rep", "reverse", "sub", "upper"};

void push(lua_State* lua, const json& x) {
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
        push(lua, element);
        lua_rawseti(lua, -2, ++i);
      }
      break;
    }
    case json::value_t::object:
      lua_createtable(lua, 0, static_cast<int>(x.size()));
      for (const auto& [key, value] : x.items()) {
        lua_pushlstring(lua, key.data(), key.size());
        push(lua, value);
        lua_rawset(lua, -3);
      }
      break;
    default:
      lua_pushnil(lua);
  }
}

caf::expected<json> pull(lua_State* lua, int index, int depth = 0);

caf::expected<json> pull_table(lua_State* lua, int index, int depth) {
  if (depth >= max_depth || !lua_checkstack(lua, 4))
    return caf::make_error(ec::bad_config, "tables are nested too deep");
  auto named = json::object();
  auto listed = json::array();
  auto length = static_cast<lua_Integer>(lua_rawlen(lua, index));
  for (lua_Integer i = 1; i <= length; ++i) {
    lua_rawgeti(lua, index, i);
    auto value = pull(lua, lua_gettop(lua), depth + 1);
    lua_pop(lua, 1);
    if (!value)
      return value.error();
    listed.push_back(std::move(*value));
  }
  lua_pushnil(lua);
  while (lua_next(lua, index) != 0) {
    auto top = lua_gettop(lua);
    if (lua_type(lua, top - 1) == LUA_TSTRING) {
      size_t size = 0;
      auto key = lua_tolstring(lua, top - 1, &size);
      auto value = pull(lua, top, depth + 1);
      if (!value) {
        lua_pop(lua, 2);
        return value.error();
      }
      named[std::string(key, size)] = std::move(*value);
    } else if (!lua_isinteger(lua, top - 1) || lua_tointeger(lua, top - 1) < 1
               || lua_tointeger(lua, top - 1) > length) {
      lua_pop(lua, 2);
      return caf::make_error(ec::bad_config,
                             "a table has a key that is neither a name nor a "
                             "position without gaps");
    }
    lua_pop(lua, 1);
  }
  if (listed.empty())
    return named;
  if (named.empty())
    return listed;
  named[positions_key] = std::move(listed);
  return named;
}

caf::expected<json> pull(lua_State* lua, int index, int depth) {
  switch (lua_type(lua, index)) {
    case LUA_TNIL:
    case LUA_TNONE:
      return json{};
    case LUA_TBOOLEAN:
      return json(lua_toboolean(lua, index) != 0);
    case LUA_TNUMBER:
      if (lua_isinteger(lua, index)) {
        auto x = lua_tointeger(lua, index);
        return x < 0 ? json(x) : json(static_cast<uint64_t>(x));
      }
      if (!std::isfinite(lua_tonumber(lua, index)))
        return caf::make_error(ec::bad_config, "a number is not finite");
      return json(lua_tonumber(lua, index));
    case LUA_TSTRING: {
      size_t size = 0;
      auto text = lua_tolstring(lua, index, &size);
      return json(std::string(text, size));
    }
    case LUA_TTABLE:
      return pull_table(lua, index, depth);
    default:
      return caf::make_error(ec::bad_config, std::string{"a "}
                                               + luaL_typename(lua, index)
                                               + " is no value here");
  }
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

} // namespace

struct lua_sandbox::impl {
  struct bound_function {
    impl* owner;
    host_function call;
  };

  explicit impl(script_limits x) : limits(x) {
    lua = lua_newstate(allocate, this);
    if (!lua)
      throw std::bad_alloc();
    *static_cast<impl**>(lua_getextraspace(lua)) = this;
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
    lua_sethook(lua, count, LUA_MASKCOUNT, hook_interval);
  }

  ~impl() {
    lua_close(lua);
  }

  static void* allocate(void* self_ptr, void* block, size_t old_size,
                        size_t size) {
    auto self = static_cast<impl*>(self_ptr);
    auto before = block ? old_size : 0;
    if (size == 0) {
      self->memory -= before;
      std::free(block);
      return nullptr;
    }
    if (self->in_script && size > before
        && self->memory + (size - before) > self->limits.memory)
      return nullptr;
    auto result = std::realloc(block, size);
    if (result)
      self->memory += size - before;
    return result;
  }

  static void count(lua_State* lua, lua_Debug*) {
    auto self = *static_cast<impl**>(lua_getextraspace(lua));
    self->used += hook_interval;
    if (self->used <= self->limits.instructions)
      return;
    // From here on every instruction fails, so that pcall does not help.
    lua_sethook(lua, count, LUA_MASKCOUNT, 1);
    luaL_error(lua, "the script ran over its limit of %d instructions",
               static_cast<int>(self->limits.instructions));
  }

  /// Calls the host. C++ objects are gone before Lua jumps, and the script's
  /// memory limit does not bind the host.
  static int call_host(lua_State* lua) {
    auto f
      = static_cast<bound_function*>(lua_touserdata(lua, lua_upvalueindex(1)));
    auto failed = false;
    f->owner->in_script = false;
    {
      auto argument = pull(lua, lua_gettop(lua) == 0 ? 1 : lua_gettop(lua));
      if (auto name = lua_tostring(lua, lua_upvalueindex(2)); name && argument)
        argument = json{{"name", name}, {"argument", std::move(*argument)}};
      auto result = argument ? f->call(*argument) : argument;
      failed = !result;
      if (failed) {
        auto text = cause_of(result.error());
        luaL_where(lua, 1);
        lua_pushlstring(lua, text.data(), text.size());
        lua_concat(lua, 2);
      } else {
        push(lua, *result);
      }
    }
    f->owner->in_script = true;
    return failed ? lua_error(lua) : 1;
  }

  /// `table.NAME`: a function that knows what it was called.
  static int name_call(lua_State* lua) {
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_pushvalue(lua, 2);
    lua_pushcclosure(lua, call_host, 2);
    return 1;
  }

  /// Pushes `f` behind a function of Lua.
  void push_function(lua_CFunction through, host_function f) {
    functions.push_back({this, std::move(f)});
    lua_pushlightuserdata(lua, &functions.back());
    lua_pushcclosure(lua, through, 1);
  }

  /// Pushes the global table called so, which is made where it is not there.
  void push_table(const std::string& name) {
    if (name.empty()) {
      lua_pushglobaltable(lua);
    } else if (lua_getglobal(lua, name.c_str()) != LUA_TTABLE) {
      lua_pop(lua, 1);
      lua_newtable(lua);
      lua_pushvalue(lua, -1);
      lua_setglobal(lua, name.c_str());
    }
  }

  /// Lets `f` answer for what is not in the table.
  void set_index(const std::string& table, lua_CFunction through,
                 host_function f) {
    push_table(table);
    lua_newtable(lua);
    push_function(through, std::move(f));
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
    lua_pop(lua, 1);
  }

  /// Runs the function below `arguments` values on the stack.
  caf::error enter(int arguments, int results) {
    used = 0;
    lua_sethook(lua, count, LUA_MASKCOUNT, hook_interval);
    in_script = true;
    auto code = lua_pcall(lua, arguments, results, 0);
    in_script = false;
    if (code == LUA_OK)
      return caf::none;
    return take_error();
  }

  caf::error take_error() {
    auto text = lua_tostring(lua, -1);
    auto result = caf::make_error(
      ec::bad_config, std::string{text ? text : "an error that is no text"});
    lua_settop(lua, 0);
    return result;
  }

  script_limits limits;
  lua_State* lua = nullptr;
  size_t memory = 0;
  uint64_t used = 0;
  bool in_script = false;
  std::list<bound_function> functions; // their addresses are with Lua
};

lua_sandbox::lua_sandbox(script_limits limits)
  : impl_(std::make_unique<impl>(limits)) {
  // nop
}

lua_sandbox::lua_sandbox(lua_sandbox&&) noexcept = default;

lua_sandbox& lua_sandbox::operator=(lua_sandbox&&) noexcept = default;

lua_sandbox::~lua_sandbox() = default;

void lua_sandbox::set(const std::string& name, const json& value) {
  push(impl_->lua, value);
  lua_setglobal(impl_->lua, name.c_str());
}

void lua_sandbox::set(const std::string& table, const std::string& name,
                      host_function f) {
  impl_->push_table(table);
  impl_->push_function(impl::call_host, std::move(f));
  lua_setfield(impl_->lua, -2, name.c_str());
  lua_pop(impl_->lua, 1);
}

void lua_sandbox::set_global(const std::string& name, host_function f) {
  set("", name, std::move(f));
}

void lua_sandbox::set_lookup(const std::string& table, host_function f) {
  impl_->set_index(table, impl::call_host, std::move(f));
}

void lua_sandbox::set_calls(const std::string& table, host_function f) {
  impl_->set_index(table, impl::name_call, std::move(f));
}

caf::error lua_sandbox::run(const std::string& script,
                            const std::string& name) {
  auto lua = impl_->lua;
  auto chunk = "@" + name;
  // "t": text only, since bytecode can break out of the sandbox.
  if (luaL_loadbufferx(lua, script.data(), script.size(), chunk.c_str(), "t")
      != LUA_OK) {
    auto cause = cause_of(impl_->take_error());
    return caf::make_error(
      ec::bad_config, cause.rfind(name, 0) == 0 ? cause : name + ": " + cause);
  }
  return impl_->enter(0, 0);
}

caf::expected<json> lua_sandbox::call(const std::string& function,
                                      const json& argument) {
  auto lua = impl_->lua;
  if (lua_getglobal(lua, function.c_str()) != LUA_TFUNCTION) {
    lua_settop(lua, 0);
    return caf::make_error(ec::bad_config,
                           "the script has no function \"" + function + "\"");
  }
  push(lua, argument);
  if (auto err = impl_->enter(1, 1))
    return err;
  auto result = pull(lua, lua_gettop(lua));
  lua_settop(lua, 0);
  return result;
}

} // namespace vpaas
