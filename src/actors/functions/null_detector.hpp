#pragma once

#include "actors/functions/detector.hpp"

namespace vpaas {

/// The name of the model that is none: it answers at once, for each frame of an
/// item with keyframes, one labelled box and one to be named, always the same.
/// For tests and for measuring all that is not a network.
constexpr const char* null_model = "null";

/// Adds the null model to those that `real` can load; an empty `real` can load
/// none.
detector_world with_null_model(detector_world real = {});

} // namespace vpaas
