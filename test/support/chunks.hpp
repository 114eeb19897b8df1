#pragma once

#include "runtime/media/encoder.hpp"
#include "support/value_of.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas::test {

/// A frame with a slope and a bright square that moves with the number.
inline frame moving_picture(uint64_t number, int width = 128, int height = 96) {
  std::vector<uint8_t> y(size_t(width) * size_t(height));
  for (int i = 0; i < height; ++i)
    for (int k = 0; k < width; ++k) {
      auto at = k - int(8 * number) % width;
      auto bright = at >= 0 && at < 24 && i > 20 && i < 60;
      y[size_t(i) * size_t(width) + size_t(k)]
        = uint8_t(bright ? 220 : 40 + i / 2 + k / 4);
    }
  std::vector<uint8_t> grey(y.size() / 4, 128);
  plane luma{y.data(), width, width, height};
  plane chroma{grey.data(), width / 2, width / 2, height / 2};
  frame_info info;
  info.number = number;
  return value_of(frame::copy({luma, chroma, chroma}, info));
}

/// Chunk `first` of a stream, a part for each of its frames.
inline std::vector<chunk> encoded(const std::string& stream, uint64_t first,
                                  size_t frames) {
  encoder_config cfg;
  cfg.preset = "ultrafast";
  encoder pictures{cfg};
  pictures.begin(stream, first, cfg);
  std::vector<chunk> result;
  for (size_t i = 0; i < frames; ++i) {
    result.push_back(value_of(pictures.add(moving_picture(first + i))));
    result.back().last = i + 1 == frames;
  }
  return result;
}

} // namespace vpaas::test
