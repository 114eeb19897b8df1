#pragma once

#include "runtime/vision/street_scene.hpp"

#include <cstdint>
#include <vector>

namespace vpaas {

/// A picture in YUV 4:2:0 (BT.709, limited range), without gaps.
struct street_backdrop {
  std::vector<uint8_t> y, u, v;
};

/// Paints what never moves: facades, road and pavements, without light or
/// noise. A tenth of a second for 1280 x 720.
street_backdrop paint_backdrop(const street_config& config,
                               const street_scene& scene);

} // namespace vpaas
