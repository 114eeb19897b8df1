#include "runtime/node/lua_sandbox.hpp"

#include "runtime/duration.hpp"
#include "runtime/node/lua_library.hpp"
#include "runtime/node/lua_values.hpp"
#include "runtime/processor_time.hpp"

#include <lua.hpp>

#include <chrono>
#include <cstdlib>
#include <list>
#include <utility>

namespace vpaas {

namespace {

constexpr int hook_interval = 100; // instructions between two looks

/// Bytes that are copied in the time of one instruction.
constexpr size_t bytes_per_instruction = 32;

caf::timespan wall_time() {
  return std::chrono::steady_clock::now().time_since_epoch();
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
    open_library(lua, charge);
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
    if (self->in_script && size > before && !self->may_grow(size - before))
      return nullptr;
    auto result = std::realloc(block, size);
    if (result)
      self->memory += size - before;
    return result;
  }

  static impl* of(lua_State* lua) {
    return *static_cast<impl**>(lua_getextraspace(lua));
  }

  /// Whether the script may have so many bytes more; it pays for copying them.
  bool may_grow(size_t bytes) {
    used += bytes / bytes_per_instruction;
    if (memory + bytes <= limits.memory && used <= limits.instructions)
      return true;
    // Lua says nothing of the place where memory ran out.
    lua_Debug at{};
    for (auto level = 0; place.empty() && lua_getstack(lua, level, &at) == 1;
         ++level)
      if (lua_getinfo(lua, "Sl", &at) == 1 && at.currentline > 0)
        place = at.short_src + (":" + std::to_string(at.currentline)) + ": ";
    return false;
  }

  /// What the script used up; empty: there is some left.
  std::string spent() const {
    if (used > limits.instructions)
      return "the script ran over its limit of "
             + std::to_string(limits.instructions) + " instructions";
    if (wall_time() - began > limits.time
        && processor_time() - began_processor > limits.time)
      return "the script ran for longer than " + format_duration(limits.time);
    return "";
  }

  static void count(lua_State* lua, lua_Debug*) {
    auto self = of(lua);
    self->used += hook_interval;
    self->stop_if_spent(0);
  }

  static void charge(lua_State* lua, uint64_t instructions) {
    auto self = of(lua);
    self->used += instructions;
    self->stop_if_spent(1);
  }

  /// @param level of the Lua function, from the running one
  void stop_if_spent(int level) {
    {
      auto cause = spent();
      if (cause.empty())
        return;
      // From here on every instruction fails, so that pcall does not help.
      lua_sethook(lua, count, LUA_MASKCOUNT, 1);
      in_script = false; // the message itself is not charged
      luaL_where(lua, level);
      lua_pushlstring(lua, cause.data(), cause.size());
      lua_concat(lua, 2);
      in_script = true;
    }
    lua_error(lua);
  }

  /// Calls the host. C++ objects are gone before Lua jumps, and the script's
  /// memory limit does not bind the host.
  static int call_host(lua_State* lua) {
    auto f
      = static_cast<bound_function*>(lua_touserdata(lua, lua_upvalueindex(1)));
    auto failed = false;
    f->owner->in_script = false;
    {
      auto argument = pull_value(lua,
                                 lua_gettop(lua) == 0 ? 1 : lua_gettop(lua),
                                 f->owner->limits.memory);
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
        push_value(lua, *result);
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
    place.clear();
    began = wall_time();
    began_processor = processor_time();
    lua_sethook(lua, count, LUA_MASKCOUNT, hook_interval);
    in_script = true;
    auto code = lua_pcall(lua, arguments, results, 0);
    in_script = false;
    if (code == LUA_OK)
      return caf::none;
    return code == LUA_ERRMEM ? take_memory_error() : take_error();
  }

  /// Memory ran out, or was no longer given for what the script had used up.
  caf::error take_memory_error() {
    auto cause = spent();
    lua_settop(lua, 0);
    return caf::make_error(ec::bad_config,
                           place
                             + (cause.empty()
                                  ? "not enough memory; a script may use "
                                      + std::to_string(limits.memory) + " bytes"
                                  : cause));
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
  caf::timespan began{0};
  caf::timespan began_processor{0};
  std::string place; ///< where memory ran out
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
  push_value(impl_->lua, value);
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
  push_value(lua, argument);
  if (auto err = impl_->enter(1, 1))
    return err;
  auto result = pull_value(lua, lua_gettop(lua), impl_->limits.memory);
  lua_settop(lua, 0);
  return result;
}

} // namespace vpaas
