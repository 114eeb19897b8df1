#pragma once

#include "runtime/policy/stream_policy.hpp"

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

/// Loads a user's policy: Lua that defines `decide(state)`, which returns a
/// table with the name of a pipeline and any of its parameters, which its
/// stream checks. It runs in a sandbox with a limit of instructions; not for
/// use by two threads at once.
/// @param what the name of a file in config/policies, or the text itself: who
///        asks from elsewhere has no other file of this machine opened
/// @returns ec::io, or ec::bad_config with name, line and cause
caf::expected<stream_rule> load_policy(const std::string& what);

/// The same of its text. @param name for errors
caf::expected<stream_rule> parse_policy(const std::string& script,
                                        const std::string& name);

} // namespace vpaas
