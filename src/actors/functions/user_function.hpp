#pragma once

#include "messages/protocol.hpp"
#include "runtime/worker/kept_worker.hpp"

#include <caf/all.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What a user's shared library says of its function, with what may be set of
/// its process. Starts that process and ends it: blocks.
/// @returns ec::io, ec::deadline or ec::bad_config with what is wrong with it
caf::expected<function_spec> user_function_spec(const std::string& library);

/// What may be set of its process.
parameter_specs user_function_parameters();

/// A user's shared library, and what it says of its function.
struct user_library {
  std::string path;
  function_spec spec;
};

/// Finds the library that was registered as "motion@2".
using library_finder
  = std::function<caf::expected<user_library>(const std::string&)>;

/// What may be set of a function whose library was registered.
function_spec registered_spec(function_spec x);

/// What it answers to `status`.
struct user_function_status {
  std::string function; ///< its name and version; empty: no process is there
  uint64_t items = 0;   ///< answered with a result
  uint64_t failed = 0;  ///< answered with an error
  worker_counters worker;
  std::string last_problem;

  static constexpr auto type_name = "user_function_status";

  static constexpr auto fields() {
    using self = user_function_status;
    return std::make_tuple(
      field("function", &self::function), field("items", &self::items),
      field("failed", &self::failed), field("worker", &self::worker),
      field("last_problem", &self::last_problem));
  }
};

/// The function with the message that it sends to itself.
using user_function_self = function_actor::extend<
  // What came while it was at work is all here.
  caf::reacts_to<due_atom>>;

struct user_function_state {
  /// An item together with the promise to answer for it.
  struct waiting {
    item input;
    caf::typed_response_promise<item> reply;
  };

  static inline const char* name = "user_function";

  explicit user_function_state(
    user_function_self::stateful_pointer<user_function_state> self);

  void begin(user_library x, document values);

  caf::typed_response_promise<item> enqueue(item x, const document& options);

  /// Hands over all that waits, a few frames at a time.
  void work();

  caf::result<document> configure(const document& changes);

  status_report status() const;

  void start_worker();

  user_function_self::stateful_pointer<user_function_state> self;
  function_spec spec;
  std::string path;    ///< of the library
  library_finder find; ///< where it was registered
  document parameters;
  std::optional<kept_worker> worker;
  std::vector<waiting> queue;
  user_function_status counts;
};

/// A USER FUNCTION: a shared library against `vpaas/function.hpp`, in a process
/// of its own. Takes keyframes, gives what it found on them. One that aborts,
/// hangs, leaks, throws or answers what is no answer costs its keyframe: that
/// is answered with an error, and the process is started again, within bounds.
/// Depends on nobody; blocks: spawn it detached.
/// @param library its specification as `user_function_spec` says
/// @pre `parameters` passed `check` against `library.spec.parameters`
user_function_self::behavior_type
user_function(user_function_self::stateful_pointer<user_function_state> self,
              user_library library, document parameters);

/// The same of a library that was registered: its parameter `library`, as
/// "motion@2", may be changed between two items.
user_function_self::behavior_type registered_function(
  user_function_self::stateful_pointer<user_function_state> self,
  library_finder find, document parameters);

} // namespace vpaas
