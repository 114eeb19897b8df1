#pragma once

#include "runtime/media/frame.hpp"

#include <caf/expected.hpp>

namespace vpaas {

/// Makes a frame of what a network drew.
/// @param rgb [height, width, 3], in [0, 1]; what is beyond is cut
/// @param info its colours say what Y, U and V are to mean
/// @returns ec::bad_input where there is no picture
caf::expected<frame> from_rgb(const float* rgb, int width, int height,
                              const frame_info& info);

} // namespace vpaas
