#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/vision/box.hpp"

#include <caf/expected.hpp>

namespace vpaas {

/// The place of a frame, and around it `margin` times its width and height, as
/// far as the frame goes; at least 32 pixels wide and high where that is there.
/// @returns ec::bad_input for an empty frame
caf::expected<frame> cut_out(const frame& x, const box& where, float margin);

} // namespace vpaas
