#pragma once

#include "runtime/vision/box.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace vpaas {

/// Moves and stretches `b` by the four numbers `d` of a Faster R-CNN head, each
/// divided by its weight first. Numerics of torchvision's BoxCoder; growth is
/// clipped at 1000 / 16 as there.
inline box apply_deltas(const box& b, const float* d,
                        const std::array<float, 4>& weights) {
  const auto most = std::log(1000.f / 16);
  auto width = b.x1 - b.x0, height = b.y1 - b.y0;
  auto x = d[0] / weights[0] * width + (b.x0 + 0.5f * width);
  auto y = d[1] / weights[1] * height + (b.y0 + 0.5f * height);
  auto w = std::exp(std::min(d[2] / weights[2], most)) * width;
  auto h = std::exp(std::min(d[3] / weights[3], most)) * height;
  return {x - 0.5f * w, y - 0.5f * h, x + 0.5f * w, y + 0.5f * h};
}

/// Cuts `b` at the edges of an image of `width` x `height`.
inline box clip(const box& b, float width, float height) {
  return {std::clamp(b.x0, 0.f, width), std::clamp(b.y0, 0.f, height),
          std::clamp(b.x1, 0.f, width), std::clamp(b.y1, 0.f, height)};
}

} // namespace vpaas
