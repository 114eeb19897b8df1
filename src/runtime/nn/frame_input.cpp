#include "runtime/nn/frame_input.hpp"

#include <algorithm>
#include <array>

namespace vpaas {

namespace {

input_spec spec_of(const card_input& x) {
  input_spec result;
  result.width = x.width;
  result.height = x.height;
  result.how = x.letterbox ? fit::letterbox_corner : fit::stretch;
  result.channels = x.bgr ? channel_order::bgr : channel_order::rgb;
  result.mean = x.mean;
  for (size_t i = 0; i < 3; ++i)
    result.scale[i] = 1 / x.std[i];
  result.pad = x.pad;
  result.layout = tensor_layout::nhwc;
  return result;
}

} // namespace

frame_input::frame_input(const card_input& how) : writer_(spec_of(how)) {
  // nop
}

void frame_input::begin(size_t images) {
  auto& spec = writer_.spec();
  batch_.resize(int(images), spec.height, spec.width);
  used_ = 0;
}

void frame_input::add(const frame& x) {
  batch_.content[size_t(used_)] = writer_.write(x, batch_.image(used_));
  ++used_;
}

void frame_input::brighten(int image, float gain) {
  auto& spec = writer_.spec();
  auto n = size_t(spec.width) * size_t(spec.height) * 3;
  auto v = batch_.image(image);
  std::array<float, 3> add{}, most{};
  for (size_t c = 0; c < 3; ++c) { // of (v - mean) * scale
    add[c] = (gain - 1) * spec.mean[c] * spec.scale[c];
    most[c] = (255 - spec.mean[c]) * spec.scale[c];
  }
  for (size_t i = 0; i < n; i += 3)
    for (size_t c = 0; c < 3; ++c)
      v[i + c] = std::min(gain * v[i + c] + add[c], most[c]);
}

void frame_input::add(const frame& x, const std::vector<box>& crops,
                      float gain) {
  auto places = writer_.write(x, crops, batch_.image(used_));
  for (int i = 0; gain != 1 && i < int(crops.size()); ++i)
    brighten(used_ + i, gain);
  std::copy(places.begin(), places.end(), batch_.content.begin() + used_);
  used_ += int(crops.size());
}

} // namespace vpaas
