#include "runtime/media/light.hpp"

#include <algorithm>

namespace vpaas {

namespace {

constexpr int step = 8; // between pixels that are looked at

} // namespace

float light_of(const frame& x) {
  if (!x)
    return 0;
  auto grey = x.component(0);
  uint64_t sum = 0, n = 0;
  for (int row = std::min(step, grey.height) / 2; row < grey.height;
       row += step)
    for (int i = std::min(step, grey.width) / 2; i < grey.width; i += step) {
      sum += (grey.data + row * grey.stride)[i];
      ++n;
    }
  auto mean = float(sum) / float(std::max<uint64_t>(n, 1));
  return x.info().color.full_range
           ? mean
           : std::clamp((mean - 16) * 255 / 219, 0.f, 255.f);
}

} // namespace vpaas
