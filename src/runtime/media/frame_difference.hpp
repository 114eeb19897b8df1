#pragma once

#include "runtime/media/frame.hpp"

#include <cstdint>

namespace vpaas {

/// Pixels whose grey level differs by more than `level`; all of them where the
/// sizes differ or there is no picture to compare with.
uint64_t changed_pixels(const frame& before, const frame& now, int level);

} // namespace vpaas
