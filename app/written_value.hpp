#pragma once

#include "runtime/json.hpp"
#include "runtime/parameter.hpp"

#include <string>

namespace vpaas {

/// What somebody wrote for a parameter, not checked yet: JSON, else text; a
/// list also with ; between its parts.
json written_value(const parameter_spec& spec, const std::string& text);

} // namespace vpaas
