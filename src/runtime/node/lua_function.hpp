#pragma once

#include "runtime/event.hpp"
#include "runtime/function_spec.hpp"
#include "runtime/result.hpp"

#include <caf/expected.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// A function that a user wrote in Lua: it sees the results of one stream in
/// their order, may change their objects, and raises events. Its file defines
/// `apply(result)`, called for each; `help`, a text; `parameters`, a table of
/// defaults (numbers, texts, booleans), whose values it finds in `param`; and
/// may define `start()`, called once before. It runs in a sandbox: no files, no
/// clock, a limit of instructions and of memory a call.
///
/// `result` is { stream, frame, seconds, late, objects }: `seconds` of the
/// stream's own time; an object is { track, label, score, by, where = { x0, y0,
/// x1, y1 } }, in shares of the picture. `late` are results out of their order,
/// of a frame before one that was seen: what an outage left to be answered or
/// corrected later. What `apply` returns, if anything, are the objects of the
/// result from then on. Beside Lua's own it can call:
///
///   points(text)            {{x, y}, ...} of "x,y x,y ..."
///   foot(object), middle(object)   where it stands; the middle of its box
///   zone(name, points [, at])      a polygon:
///     z:holds(point)               whether it lies inside, edges included
///     z:watch(result)              once a result: a list of { what = "entered"
///                                  | "left", object, seconds } (of its stay)
///     z.inside                     { [track] = seconds so far }
///   line(name, from, to [, at])    a line that is passed:
///     l:watch(result)              once a result: a list of { object, to =
///                                  "left" | "right" } as seen from `from`
///     l.left, l.right              how many have passed so far
///   event { kind = text, object = object, zone = name, value = text,
///           seconds = number }     raises an event; all but kind may be absent
///
/// `at` is how a point is made of an object: `foot` unless it says otherwise.
/// To watch a late result changes nothing and says nothing. Not for use by two
/// threads at once.
class lua_function {
public:
  /// What became of a result.
  struct output {
    frame_result result;
    std::vector<event> events;
  };

  /// @param parameters instead of the file's defaults; numbers and booleans may
  ///        be written as text
  /// @returns ec::io; ec::bad_config with file, line and cause
  static caf::expected<lua_function> load(const std::string& path,
                                          const json& parameters = {});

  /// The same from its text. @param name of the function, for errors
  static caf::expected<lua_function> parse(const std::string& script,
                                           const std::string& name,
                                           const json& parameters = {});

  lua_function(lua_function&&) noexcept;

  lua_function& operator=(lua_function&&) noexcept;

  ~lua_function();

  /// @param late a later frame was there before
  /// @returns ec::bad_config where the function fails or runs over its limits:
  ///          the result is then as it was, and the next one may do better
  caf::expected<output> apply(const frame_result& x, bool late = false);

  /// Name (that of its file), help, and parameters with their defaults.
  const function_spec& spec() const;

private:
  struct impl;

  explicit lua_function(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

/// A function as users name it, with its parameters.
struct function_choice {
  std::string name;   ///< as given
  std::string path;   ///< of its file
  std::string script; ///< its text; empty: that of the file
  json parameters = json::object();
};

/// Reads `NAME` (of `config/functions`) or `PATH`, and what may follow:
/// `line_count?name=gate&line=0.5,0 0.5,1`. Behind a line break the function's
/// own text may stand.
/// @returns ec::bad_config
caf::expected<function_choice> parse_function(const std::string& text);

/// Loads what `text` names: a function of `function_folders`, one that a
/// backend sent, or the text itself: who asks from elsewhere has no other file
/// of this machine opened.
/// @returns ec::bad_config with file, line and cause; ec::io
caf::expected<lua_function> load_function(const std::string& text);

/// The functions in a folder, by name, with their paths.
std::map<std::string, std::string> lua_functions_in(const std::string& folder);

} // namespace vpaas
