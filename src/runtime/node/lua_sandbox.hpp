#pragma once

#include "runtime/json.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace vpaas {

/// What a script may use up before it is stopped with an error.
struct script_limits {
  /// Of Lua's machine, about 0.1 s. What a call of the library works through
  /// and what memory is copied counts as well.
  uint64_t instructions = 10'000'000;
  size_t memory = 64 << 20; ///< bytes
  /// For what is slow without being much: of the processor.
  caf::timespan time = std::chrono::seconds(2);
};

/// Runs Lua 5.4 that was written by users: arithmetic, tables and text, but no
/// files, no processes, no loading of code, no clock. String patterns are left
/// out because one of them can run for hours inside a single instruction.
/// Not for use by two threads at once.
class lua_sandbox {
public:
  /// What a script calls: gets its one argument; an error becomes a Lua error
  /// with the file and the line of the call.
  using host_function = std::function<caf::expected<json>(const json&)>;

  explicit lua_sandbox(script_limits limits = {});

  lua_sandbox(lua_sandbox&&) noexcept;

  lua_sandbox& operator=(lua_sandbox&&) noexcept;

  ~lua_sandbox();

  /// Makes `value` a global of the script.
  void set(const std::string& name, const json& value);

  /// Makes `f` callable as `table.name`.
  void set(const std::string& table, const std::string& name, host_function f);

  /// Makes `f` a global function.
  void set_global(const std::string& name, host_function f);

  /// What the script reads of a global table under a name that is not there is
  /// what `f` answers to the name. Empty: of the globals themselves.
  void set_lookup(const std::string& table, host_function f);

  /// Makes `table.NAME(x)` call `f({"name": NAME, "argument": x})`, for every
  /// name.
  void set_calls(const std::string& table, host_function f);

  /// Runs a script from its text.
  /// @param name of the file, for errors
  /// @returns ec::bad_config with "file:line: cause"
  caf::error run(const std::string& script, const std::string& name);

  /// Calls a global function of the script with one argument. A limit that was
  /// reached before counts anew.
  /// @returns its result; ec::bad_config where it fails or is no function
  caf::expected<json> call(const std::string& function, const json& argument);

private:
  struct impl;

  std::unique_ptr<impl> impl_;
};

/// Under this key a table with both names and positions keeps the latter:
/// `{ a = 1, 7, 8 }` is `{"a": 1, "[]": [7, 8]}`.
constexpr const char* positions_key = "[]";

} // namespace vpaas
