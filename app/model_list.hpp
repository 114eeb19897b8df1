#pragma once

#include "runtime/json.hpp"
#include "runtime/nn/zoo.hpp"

namespace vpaas {

/// What is known of each model on this machine: `{name, version, task, engine,
/// type, licence, state}`.
json model_list(const zoo& models);

} // namespace vpaas
