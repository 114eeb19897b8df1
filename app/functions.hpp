#pragma once

#include "runtime/function_spec.hpp"

#include <vector>

namespace vpaas {

/// Every function that nodes of some tier can host, under the name by which a
/// pipeline calls it: one row each.
std::vector<function_spec> all_functions();

} // namespace vpaas
