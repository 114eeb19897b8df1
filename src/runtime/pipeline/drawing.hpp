#pragma once

#include "runtime/pipeline/plan.hpp"

#include <string>

namespace vpaas {

/// A picture of a plan as SVG: a lane a tier, a box a stage, an arrow an input;
/// those that cross a link are drawn bold, who stands in is dashed.
std::string to_svg(const pipeline_plan& x);

} // namespace vpaas
