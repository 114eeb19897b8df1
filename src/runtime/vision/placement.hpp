#pragma once

#include "runtime/vision/box.hpp"

#include <algorithm>

namespace vpaas {

/// The rectangle of a network's input, in its pixels, that shows the frame.
struct placement {
  float x = 0, y = 0, width = 0, height = 0;
};

/// Returns `b`, in pixels of the input, as a normalised box of the frame, cut
/// at the frame's edges.
inline box to_frame(const box& b, const placement& p) {
  auto x = [&](float v) { return std::clamp((v - p.x) / p.width, 0.f, 1.f); };
  auto y = [&](float v) { return std::clamp((v - p.y) / p.height, 0.f, 1.f); };
  return {x(b.x0), y(b.y0), x(b.x1), y(b.y1)};
}

} // namespace vpaas
