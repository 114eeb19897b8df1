#pragma once

#include "runtime/pipeline/pipeline.hpp"

#include <caf/expected.hpp>

#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// Reads a pipeline from Lua that was written by users, in a sandbox without
/// files and with a limit of instructions:
///
///   return pipeline {
///     help = "a poor copy to the cloud; the fog names what stays unclear",
///     parameters = { qp = 36, scale = { 0.8, max = 1, help = "of its sides" }
///     }, copy   = fog.encoder { keyframes, qp = param.qp, scale = param.scale
///     }, found  = cloud.detector { copy }, known  = cloud.region_filter {
///     found }, named  = fog.classifier { keyframes, known, optional = true },
///     result = merge { known, named },
///     without = { cloud = fog.backup_detector { keyframes } } }
///
/// A stage is TIER.FUNCTION { its inputs, OPTION = value }, and may be
/// `optional`, `per_stream` and of a `version`. It is not checked whether the
/// stages fit: see `check`.
/// @param name of the file, for errors; its stem is the pipeline's name
/// @returns ec::bad_config with "file:line: cause" or "file: stage: cause"
caf::expected<pipeline> parse_pipeline(const std::string& script,
                                       const std::string& name);

/// As above, from a file; ec::io where it cannot be read.
caf::expected<pipeline> load_pipeline(const std::string& path);

/// The pipelines in a folder, by name, with their paths.
std::map<std::string, std::string> pipelines_in(const std::string& folder);

} // namespace vpaas
