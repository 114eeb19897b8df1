#pragma once

#include "actors/cloud/detector.hpp"
#include "actors/cloud/region_filter.hpp"

namespace vpaas {

/// The name of the model that is none: it answers at once, for each frame of an
/// item with keyframes, one labelled box and one to be named, always the same.
/// For tests and for measuring all that is not a network.
constexpr const char* null_model = "null";

/// Adds the null model to those that `real` can load; an empty `real` can load
/// none.
detector_world with_null_model(detector_world real = {});

/// Adds its thresholds, which are the defaults.
region_thresholds with_null_model(region_thresholds real);

} // namespace vpaas
