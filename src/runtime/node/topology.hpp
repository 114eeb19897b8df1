#pragma once

#include "runtime/child_spec.hpp"
#include "runtime/node/actor_kind.hpp"

#include <caf/expected.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// What a node runs: the root of its supervision tree.
struct topology {
  supervision supervise;
  std::vector<child_spec> children;
};

/// Runs a topology script, which calls `node.supervise{...}` once:
///
///   node.supervise {
///     strategy = "one_for_one", intensity = 5, period = "30s",
///     { kind = "cloud_link", restart = "permanent", to = config.cloud },
///     { kind = "supervisor", name = "cameras", strategy = "rest_for_one",
///       { kind = "camera", source = config.vars.source } } }
///
/// A child is named by `name`, else by its kind. What is neither a key of
/// child_spec nor of supervision is a parameter of the kind. The script sees
/// `config`: every group of the configuration, and the keys of [node] directly.
///
/// @param values the checked configuration, `settings::values()`
/// @param kinds what the node can host; a child elsewhere is checked there
/// @returns ec::bad_config with "file:line: cause"
caf::expected<topology>
run_topology(const std::string& script, const std::string& name,
             const json& values, const actor_kinds& kinds);

/// As above, from a file; ec::io where it cannot be read.
caf::expected<topology> read_topology(const std::string& path,
                                      const json& values,
                                      const actor_kinds& kinds);

} // namespace vpaas
