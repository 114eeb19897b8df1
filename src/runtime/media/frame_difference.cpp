#include "runtime/media/frame_difference.hpp"

#include <cstdlib>

namespace vpaas {

uint64_t changed_pixels(const frame& before, const frame& now, int level) {
  if (!now)
    return 0;
  auto y = now.component(0);
  if (!before || before.width() != now.width()
      || before.height() != now.height())
    return uint64_t(y.width) * uint64_t(y.height);
  auto x = before.component(0);
  uint64_t result = 0;
  for (int i = 0; i < y.height; ++i) {
    auto* a = x.data + i * x.stride;
    auto* b = y.data + i * y.stride;
    uint32_t row = 0;
    for (int k = 0; k < y.width; ++k)
      row += std::abs(int(a[k]) - int(b[k])) > level;
    result += row;
  }
  return result;
}

} // namespace vpaas
