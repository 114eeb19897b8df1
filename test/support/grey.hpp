#pragma once

#include "runtime/media/frame.hpp"
#include "support/value_of.hpp"

#include <cstdint>
#include <vector>

namespace vpaas::test {

/// A picture of one grey, without colour.
inline frame grey(int width, int height, uint8_t level, uint64_t number = 0) {
  std::vector<uint8_t> y(size_t(width * height), level);
  std::vector<uint8_t> c(size_t((width + 1) / 2 * ((height + 1) / 2)), 128);
  plane luma{y.data(), width, width, height};
  plane chroma{c.data(), (width + 1) / 2, (width + 1) / 2, (height + 1) / 2};
  frame_info info;
  info.number = number;
  return value_of(frame::copy({luma, chroma, chroma}, info));
}

/// A sample of the luma plane.
inline int luma_at(const frame& x, int column, int row) {
  auto p = x.component(0);
  return p.data[row * p.stride + column];
}

} // namespace vpaas::test
