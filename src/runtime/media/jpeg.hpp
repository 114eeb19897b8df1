#pragma once

#include "runtime/blob.hpp"
#include "runtime/media/frame.hpp"

namespace vpaas {

/// Returns `x` as a JPEG file, colours as JFIF wants them.
/// @param quality 1 (small) to 100 (fine)
/// @returns ec::bad_input for an empty frame, ec::codec.
caf::expected<blob> to_jpeg(const frame& x, int quality = 85);

} // namespace vpaas
