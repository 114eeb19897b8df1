#include "runtime/nn/image_input.hpp"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace vpaas {

void write_image(const bgr_image& x, const card_input& how, input_batch& out,
                 int i) {
  cv::Mat picture(x.height, x.width, CV_8UC3, const_cast<uint8_t*>(x.data),
                  x.stride);
  auto width = out.width, height = out.height;
  if (how.letterbox) {
    auto scale = std::min(float(out.width) / float(x.width),
                          float(out.height) / float(x.height));
    width = std::clamp(int(std::lround(float(x.width) * scale)), 1, out.width);
    height = std::clamp(int(std::lround(float(x.height) * scale)), 1,
                        out.height);
  }
  cv::Mat resized;
  cv::resize(picture, resized, {width, height}, 0, 0, cv::INTER_LINEAR);
  auto to = out.image(i);
  for (int row = 0; row < out.height; ++row)
    for (int column = 0; column < out.width; ++column)
      for (size_t c = 0; c < 3; ++c) {
        auto inside = row < height && column < width;
        auto value = inside ? float(
                       resized.ptr(row)[column * 3 + int(how.bgr ? c : 2 - c)])
                            : how.pad[c];
        *to++ = (value - how.mean[c]) / how.std[c];
      }
  out.content[size_t(i)] = {0, 0, float(width), float(height)};
}

input_batch batch_of(const bgr_image& x, const card_input& how) {
  input_batch result;
  result.resize(1, how.height, how.width);
  write_image(x, how, result, 0);
  return result;
}

} // namespace vpaas
