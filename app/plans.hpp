#pragma once

#include "runtime/document.hpp"
#include "runtime/pipeline/plan.hpp"
#include "runtime/policy/stream_policy.hpp"

#include <caf/expected.hpp>

#include <functional>

namespace vpaas {

/// Makes plans of pipelines that decisions name.
using plan_source = std::function<caf::expected<plan_ptr>(const decision& x)>;

/// Plans against the functions that there are: of files in config/pipelines by
/// their names, or of a pipeline's text. Not for use by two threads at once.
plan_source plans_of_all_functions();

/// What a stream's parameters say of its pipeline.
/// @param x passed `check` against `stream_parameters()`
/// @returns ec::bad_config where `parameters` cannot be read
caf::expected<decision> usual_of(const document& x);

} // namespace vpaas
