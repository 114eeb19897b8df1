#pragma once

#include "runtime/parameter.hpp"

namespace vpaas {

// The keys of each section of a model card.

parameter_specs model_specs();
parameter_specs input_specs();
parameter_specs output_specs();
parameter_specs region_specs();
parameter_specs prior_specs();
parameter_specs file_specs();

} // namespace vpaas
