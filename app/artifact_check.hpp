#pragma once

#include "runtime/registry_records.hpp"

#include <caf/error.hpp>

namespace vpaas {

/// What is wrong with something that is to be registered, without its files.
/// @returns ec::bad_config, ec::bad_input
caf::error check_artifact(const artifact& x);

} // namespace vpaas
