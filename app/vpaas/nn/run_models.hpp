#pragma once

#include "command_line.hpp"
#include "run_nodes.hpp"
#include "run_report.hpp"
#include "runtime/pipeline/plan.hpp"

#include <string>

namespace vpaas {

/// Takes `--models` and what replaces single ones of the set off the line.
/// @returns ec::bad_config
caf::error take_models(command_line& line, run_plan& x);

/// Models that only some pipelines need are not loaded for others; users'
/// functions that this one needs are hosted.
void host_what_it_needs(const pipeline_plan& pipeline, run_plan& x);

/// What a model finds on the original keyframes, as sure as its card wants it.
/// @param model its name in the zoo of the plan
caf::expected<marked_video>
truth_of_model(const std::string& model, const run_plan& plan,
               const recording& video, uint64_t every);

/// Lines of the help for `take_models`.
inline constexpr const char* models_help
  = "  --models=SET         street: shipped, for the synthetic street; coco:\n"
    "                       NanoDet, MobileNetV2, YOLOv3-nano (street)\n"
    "  --detector, --classifier, --heads, --backup=NAME  instead of the "
    "set's\n"
    "  --look=DETECTOR      of the fog, that looks twice (the cloud's)\n"
    "  --enlarger=MODEL     for --pipeline=cloudseg (carn_m)\n";

} // namespace vpaas
