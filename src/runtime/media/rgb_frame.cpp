#include "runtime/media/rgb_frame.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vpaas {

namespace {

uint8_t level(float x) {
  return static_cast<uint8_t>(std::clamp(std::lround(x), 0l, 255l));
}

/// From linear combinations to levels, by ITU-R BT.601, BT.709 or BT.2020.
class converter_to_yuv {
public:
  explicit converter_to_yuv(const color_space& x) {
    switch (x.matrix) {
      case color_matrix::bt601:
        red_ = .299f;
        blue_ = .114f;
        break;
      case color_matrix::bt709:
        red_ = .2126f;
        blue_ = .0722f;
        break;
      case color_matrix::bt2020:
        red_ = .2627f;
        blue_ = .0593f;
        break;
    }
    if (!x.full_range) {
      low_ = 16;
      luma_ = 219;
      chroma_ = 224;
    }
  }

  /// Brightness in [0, 1].
  float y(const float* rgb) const {
    return red_ * rgb[0] + (1 - red_ - blue_) * rgb[1] + blue_ * rgb[2];
  }

  uint8_t luma(float y) const {
    return level(low_ + luma_ * y);
  }

  uint8_t u(float y, float blue) const {
    return level(128 + chroma_ * (blue - y) / (2 * (1 - blue_)));
  }

  uint8_t v(float y, float red) const {
    return level(128 + chroma_ * (red - y) / (2 * (1 - red_)));
  }

private:
  float red_ = 0, blue_ = 0;
  float low_ = 0, luma_ = 255, chroma_ = 255;
};

} // namespace

caf::expected<frame> from_rgb(const float* rgb, int width, int height,
                              const frame_info& info) {
  if (!rgb || width < 1 || height < 1)
    return caf::make_error(ec::bad_input,
                           "failed to make a frame: there is no picture; give "
                           "one of at least one pixel");
  converter_to_yuv to{info.color};
  auto half_width = (width + 1) / 2, half_height = (height + 1) / 2;
  std::vector<uint8_t> y(size_t(width) * size_t(height));
  std::vector<uint8_t> u(size_t(half_width) * size_t(half_height)), v(u.size());
  auto at = [&](int row, int column) {
    return rgb + (size_t(row) * size_t(width) + size_t(column)) * 3;
  };
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column)
      y[size_t(row) * size_t(width) + size_t(column)]
        = to.luma(to.y(at(row, column)));
  for (int row = 0; row < half_height; ++row)
    for (int column = 0; column < half_width; ++column) {
      float mean[3] = {0, 0, 0}; // of the four pixels around it
      for (auto dy : {0, 1})
        for (auto dx : {0, 1}) {
          auto* x = at(std::min(2 * row + dy, height - 1),
                       std::min(2 * column + dx, width - 1));
          for (int c = 0; c < 3; ++c)
            mean[c] += x[c] / 4;
        }
      auto i = size_t(row) * size_t(half_width) + size_t(column);
      u[i] = to.u(to.y(mean), mean[2]);
      v[i] = to.v(to.y(mean), mean[0]);
    }
  return frame::copy({plane{y.data(), width, width, height},
                      plane{u.data(), half_width, half_width, half_height},
                      plane{v.data(), half_width, half_width, half_height}},
                     info);
}

} // namespace vpaas
