#include "runtime/nn/frame_input.hpp"

#include <algorithm>

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

void frame_input::add(const frame& x, const std::vector<box>& crops) {
  auto places = writer_.write(x, crops, batch_.image(used_));
  std::copy(places.begin(), places.end(), batch_.content.begin() + used_);
  used_ += int(crops.size());
}

} // namespace vpaas
