#pragma once

#include "runtime/vision/box.hpp"

#include <algorithm>

namespace vpaas {

/// Returns the area of `b` in squared units of its coordinates: for a
/// normalised box that is its share of the frame, in [0, 1].
constexpr float area(const box& b) {
  return (b.x1 - b.x0) * (b.y1 - b.y0);
}

/// Returns intersection over union in [0, 1]; 0 when both boxes are empty. Does
/// not change when either axis is scaled, so units do not matter.
inline float iou(const box& a, const box& b) {
  auto w = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
  auto h = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  if (w <= 0 || h <= 0)
    return 0;
  auto both = w * h;
  return both / (area(a) + area(b) - both);
}

} // namespace vpaas
