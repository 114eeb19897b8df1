#pragma once

#include "runtime/child_spec.hpp"
#include "runtime/parameter.hpp"

#include <caf/actor.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vpaas {

/// What an actor is told when it is made.
struct spawn_context {
  caf::actor_system& system;
  std::string path; ///< its logical name: "cameras/cam-1"
  bool detached = false;
  document parameters; ///< checked against the kind's specification
  caf::actor node;     ///< the directory of logical names, `node_actor`
};

/// One kind of actor that a node can host: a row in the table of its binary.
struct actor_kind {
  std::string name;
  std::string help;
  parameter_specs parameters;
  bool blocks = false; ///< then a topology detaches it unless it says otherwise
  /// Spawns it; an error is a failed start and says why.
  std::function<caf::expected<caf::actor>(const spawn_context&)> spawn;
  /// Instead of `spawn`, for a kind that stands for a whole tree: returns the
  /// supervisor that runs in its place, under the same name. Its parameters are
  /// checked.
  std::function<child_spec(const child_spec&)> expand = nullptr;
  /// What no single parameter tells; empty: nothing.
  std::function<caf::error(const document&)> validate = nullptr;
};

using actor_kinds = std::vector<actor_kind>;

/// Returns the kind called `name`, null where there is none.
const actor_kind* find_kind(const actor_kinds& kinds, const std::string& name);

/// Checks `spec`, without its children, against the table.
/// @returns its parameters with defaults filled in, or ec::bad_config.
caf::expected<document> check_kind(const actor_kinds& kinds,
                                   const child_spec& spec);

/// Checks `spec`, fills its parameters in, and puts the tree that its kind may
/// stand for in its place. @returns ec::bad_config
caf::expected<child_spec> complete(const actor_kinds& kinds, child_spec spec);

/// Spawns the actor that `spec` describes, under the logical name `path`.
/// @param node the directory that the actor may ask for others
/// @returns ec::bad_config, or why the kind could not be spawned
caf::expected<caf::actor>
spawn_child(const actor_kinds& kinds, caf::actor_system& system,
            const child_spec& spec, const std::string& path,
            const caf::actor& node);

} // namespace vpaas
