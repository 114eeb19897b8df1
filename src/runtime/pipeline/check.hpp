#pragma once

#include "runtime/function_spec.hpp"
#include "runtime/pipeline/plan.hpp"

#include <caf/expected.hpp>

#include <vector>

namespace vpaas {

/// Checks a pipeline whole against the functions that there are and makes a
/// plan of it: parameters set, stages in order, decoders put in where what an
/// encoder made arrives, and stages that follow each other on one tier joined.
///
/// Its laws: a stage's inputs exist and go in no circle; what they give fits
/// what the function takes; the function may run on that tier; pixels do not
/// leave their node; every stage is of use; what is merged are answers about
/// frames, and who stands in for a tier needs nothing but keyframes.
///
/// @param values of parameters; those that are left out have their defaults
/// @returns ec::bad_config, one line: the stage, what is wrong, what is allowed
caf::expected<pipeline_plan> check(const pipeline& x,
                                   const std::vector<function_spec>& functions,
                                   const document& values = document{});

} // namespace vpaas
