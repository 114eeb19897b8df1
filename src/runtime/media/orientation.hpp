#pragma once

#include "runtime/media/segment.hpp"

#include <cstdint>

namespace vpaas {

/// How a picture is to be shown: first its rows become columns or not, then
/// left and right, top and bottom change places or not. These are all ways
/// that keep it a rectangle.
struct orientation {
  bool transposed = false;
  bool flip_x = false;
  bool flip_y = false;

  bool upright() const {
    return !transposed && !flip_x && !flip_y;
  }
};

/// Reads a display matrix of ISO/IEC 14496-12, 6.2.2: (x, y) is shown at
/// (a x + c y, b x + d y) with a, b at 0, 1 and c, d at 3, 4. Other angles than
/// quarters count as the nearest. @param matrix 9 numbers
inline orientation orientation_of(const int32_t* matrix) {
  auto size = [](int32_t x) { return x < 0 ? -int64_t{x} : int64_t{x}; };
  auto a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  if (size(a) + size(d) >= size(b) + size(c))
    return {false, a < 0, d < 0};
  return {true, c < 0, b < 0};
}

/// The same as members of `codec_parameters`.
inline void set_orientation(codec_parameters& to, const orientation& x) {
  to.mirrored = x.transposed ? x.flip_x == x.flip_y : x.flip_x != x.flip_y;
  to.rotation = (x.transposed ? 90 : 0) + (x.flip_y ? 180 : 0);
}

inline orientation orientation_of(const codec_parameters& x) {
  auto transposed = x.rotation % 180 != 0;
  auto flip_y = x.rotation >= 180;
  return {transposed, (transposed ? !flip_y : flip_y) != x.mirrored, flip_y};
}

} // namespace vpaas
