#pragma once

#include "vpaas/function.hpp"

#include <cstdint>
#include <vector>

namespace vpaas::test {

/// A picture of one grey, with gaps behind its rows.
class picture_of_grey {
public:
  picture_of_grey(uint64_t number, uint8_t grey, int width = 64,
                  int height = 36)
    : stride_(width + 32), pixels_(size_t(stride_) * size_t(height) * 2, 255) {
    view_ = {{pixels_.data(), pixels_.data() + stride_ * height,
              pixels_.data() + stride_ * height * 3 / 2},
             {stride_, stride_, stride_},
             width,
             height,
             number,
             int64_t(number) * 33'333};
    for (int row = 0; row < height; ++row)
      std::fill_n(pixels_.data() + row * stride_, width, grey);
  }

  const vpaas_frame& view() const {
    return view_;
  }

private:
  int stride_;
  std::vector<uint8_t> pixels_;
  vpaas_frame view_;
};

} // namespace vpaas::test
