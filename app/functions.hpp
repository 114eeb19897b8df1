#pragma once

#include "actors/functions/user_function.hpp"
#include "runtime/function_spec.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// Every function that nodes of some tier can host, under the name by which a
/// pipeline calls it: one row each.
std::vector<function_spec> all_functions();

/// Those that VPaaS has by itself.
std::vector<function_spec> shipped_functions();

/// Libraries in the folders of functions (see `function_folders`); of two with
/// one name the first. A library that cannot be used is warned of. Starts a
/// process for each new one: blocks.
std::vector<user_library> user_libraries();

} // namespace vpaas
