#pragma once

#include "runtime/registry_records.hpp"

#include <caf/error.hpp>

#include <vector>

namespace vpaas {

/// What is wrong with something that is to be registered, without its files.
/// @param functions that are registered, for pipelines to call
/// @returns ec::bad_config, ec::bad_input
caf::error check_artifact(const artifact& x,
                          const std::vector<artifact>& functions);

} // namespace vpaas
