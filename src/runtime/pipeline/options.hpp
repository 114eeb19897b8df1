#pragma once

#include "runtime/function_spec.hpp"
#include "runtime/pipeline/pipeline.hpp"

#include <caf/expected.hpp>

#include <vector>

namespace vpaas {

/// A pipeline whose options are values.
struct settled_pipeline {
  pipeline stages;       ///< no option refers to a parameter any more
  merge_spec merge;      ///< without its inputs
  parameter_specs table; ///< of the pipeline's parameters, complete
  document values;       ///< of all of them
};

/// Sets the parameters of a pipeline and checks every option against the table
/// of its function.
/// @returns ec::bad_config, one line with the stage
caf::expected<settled_pipeline>
set_options(const pipeline& x, const std::vector<function_spec>& functions,
            const document& values);

/// The newest function called so, or that of the wanted version; null: none is.
const function_spec* find_function(const std::vector<function_spec>& xs,
                                   const pipeline_stage& x);

/// What `merge { ... }` may be told.
const parameter_specs& merge_options();

} // namespace vpaas
