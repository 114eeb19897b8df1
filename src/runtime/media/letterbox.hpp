#pragma once

#include "runtime/media/frame.hpp"

namespace vpaas {

/// Returns `x` with its shape kept on a black picture of this size, in its
/// middle; `x` itself where it has this size.
caf::expected<frame> letterbox(const frame& x, int width, int height);

} // namespace vpaas
