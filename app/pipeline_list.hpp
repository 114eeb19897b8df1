#pragma once

#include "runtime/function_spec.hpp"
#include "runtime/json.hpp"
#include "runtime/pipeline/pipeline.hpp"
#include "runtime/pipeline/plan.hpp"

#include <caf/expected.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// The pipeline of a file, checked against all functions and these.
caf::expected<pipeline_plan>
plan_of_pipeline(const pipeline& x, const std::string& path,
                 const std::vector<function_spec>& more = {});

/// `{name, path, good, help, parameters, crossings}`, or `cause` where it is
/// not good.
json pipeline_summary(const std::string& name, const std::string& path);

/// The summaries of those in config/pipelines.
json pipeline_list();

/// The same with `drawing`, SVG, and without their paths.
json drawn_pipelines();

} // namespace vpaas
