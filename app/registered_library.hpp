#pragma once

#include "actors/functions/user_function.hpp"
#include "runtime/registry_records.hpp"

#include <caf/expected.hpp>

#include <set>
#include <string>
#include <vector>

namespace vpaas {

// Functions of users that a backend sent to a node: below the folder of its
// model cache, whose files are called by their hashes.

/// Where pipelines and streams find them by their names.
std::string registered_functions_in(const std::string& folder);

/// Puts a library under its reference and its name, once a process has loaded
/// it, or a function in Lua under its name. Blocks.
/// @returns ec::bad_config or ec::bad_input with why it is no good, ec::io
caf::error install_function(const artifact& x, const std::string& folder);

/// Takes all names away but these.
void keep_functions(const std::set<std::string>& names,
                    const std::string& folder);

/// The libraries that have a name. @param functions see
/// `registered_functions_in`
std::vector<user_library> registered_libraries_in(const std::string& functions);

/// A library that was installed. @returns ec::not_found
caf::expected<user_library> registered_library(const std::string& folder,
                                               const std::string& reference);

} // namespace vpaas
