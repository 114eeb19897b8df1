#pragma once

#include "runtime/function_spec.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// Every function that nodes of some tier can host, under the name by which a
/// pipeline calls it: one row each.
std::vector<function_spec> all_functions();

/// A user's shared library, and what it says of its function.
struct user_library {
  std::string path;
  function_spec spec;
};

/// Those in the folders that VPAAS_FUNCTIONS names (`:` between them), in
/// config/functions and in the user's own folder; of two with one name the
/// first. A library that cannot be used is warned of. Starts a process for each
/// new one: blocks.
std::vector<user_library> user_libraries();

} // namespace vpaas
