#pragma once

#include "runtime/registry_records.hpp"

#include <caf/error.hpp>

#include <string>

namespace vpaas {

/// Writes card or heads under the reference of `x` into `folder`, where its
/// files are, and lets the model look at a grey picture. What is no good is
/// taken away again. Blocks.
/// @returns ec::bad_config or ec::bad_input with why it is no good, ec::io
caf::error install_artifact(const artifact& x, const std::string& folder);

} // namespace vpaas
