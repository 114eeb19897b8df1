#include "runtime/media/cut_out.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

constexpr int least = 32; // pixels

/// First and last pixel of a cut, both even: chroma is half as fine.
std::pair<int, int> span(float from, float to, float margin, int size) {
  auto middle = (from + to) / 2 * float(size);
  auto half
    = std::max((to - from) * (1 + 2 * margin) * float(size), float(least)) / 2;
  auto first = std::clamp(int(std::floor(middle - half)), 0, size - 1) & ~1;
  auto last = std::clamp(int(std::ceil(middle + half)), first + 1, size);
  return {first, last};
}

} // namespace

caf::expected<frame> cut_out(const frame& x, const box& where, float margin) {
  if (!x)
    return caf::make_error(ec::bad_input, "failed to cut out a place: there is "
                                          "no picture");
  auto [left, right] = span(where.x0, where.x1, margin, x.width());
  auto [top, bottom] = span(where.y0, where.y1, margin, x.height());
  std::array<plane, 3> planes;
  for (int i = 0; i < 3; ++i) {
    auto from = x.component(i);
    auto fine = i == 0 ? 1 : 2;
    auto half = [&](int n) { return (n + fine - 1) / fine; };
    planes[size_t(i)] = {from.data + top / fine * from.stride + left / fine,
                         from.stride, half(right - left), half(bottom - top)};
  }
  return frame::copy(planes, x.info());
}

} // namespace vpaas
