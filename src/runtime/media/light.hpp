#pragma once

#include "runtime/media/frame.hpp"

namespace vpaas {

/// How bright a picture is: the mean of its grey levels, 0 (black) to 255, by
/// one pixel in 64; 0 for an empty frame.
float light_of(const frame& x);

} // namespace vpaas
