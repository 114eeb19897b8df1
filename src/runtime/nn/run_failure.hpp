#pragma once

#include "runtime/nn/network.hpp"

#include <string>

namespace vpaas {

/// What is said of a network that did not run: which, on what, why, and what
/// to do, which is another thing where memory ran out.
/// @param cause first line of what its engine said
/// @returns ec::inference
caf::error run_failure(const std::string& name, const input_batch& in,
                       const std::string& cause);

} // namespace vpaas
