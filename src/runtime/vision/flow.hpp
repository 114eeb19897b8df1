#pragma once

#include "runtime/vision/box.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace vpaas {

/// A place in a picture, in pixels; samples are at whole numbers.
struct point {
  float x = 0, y = 0;
};

/// Grey levels of a picture, and of halves of it, each blurred before it was
/// halved: what flow is looked for in.
class grey_pyramid {
public:
  struct level {
    int width = 0, height = 0;
    std::vector<float> samples;

    /// Between samples; the border goes on beyond the picture.
    float at(float x, float y) const;
  };

  grey_pyramid() = default;

  /// @param data rows of samples, `stride` bytes apart
  grey_pyramid(const uint8_t* data, ptrdiff_t stride, int width, int height);

  const std::vector<level>& levels() const {
    return levels_;
  }

  bool empty() const {
    return levels_.empty();
  }

private:
  std::vector<level> levels_; ///< the picture itself first
};

/// Where a point of one picture is in another: iterative Lucas-Kanade from the
/// smallest picture to the largest (Bouguet 2001), windows of 15 x 15 pixels.
/// Nothing where the window has no texture, or the point leaves the picture.
std::optional<point> follow(const grey_pyramid& from, const grey_pyramid& to,
                            const point& x);

/// Where a box of one picture is in another: the median of how a grid of its
/// points moves, and how their distances change. Points count that find their
/// way back; half of them, the better ones (median flow, Kalal 2010). Nothing
/// where too few do. Boxes are normalised.
std::optional<box> follow(const grey_pyramid& from, const grey_pyramid& to,
                          const box& x);

} // namespace vpaas
