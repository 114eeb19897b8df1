#pragma once

#include "runtime/vision/street.hpp"

namespace vpaas {

// The loops over pixels behind `street`.

/// Lays `x` over the picture. Sizes are those of the luma plane.
void draw_object(const street_object& x, const sprite& from, int width,
                 int height, const street_planes& out);

/// Darkens the ground under `x`. @param depth 0 nothing, 1 black
void draw_shadow(const street_object& x, const sprite& from, int width,
                 int height, float depth, const street_planes& out);

/// Writes `mark` to `marks`, [height, width], wherever `x` covers a pixel at
/// least by half.
void mark_object(const street_object& x, const sprite& from, int width,
                 int height, uint8_t mark, std::vector<uint8_t>& marks);

/// Blurs a plane as a lens out of focus, twice by a box of `radius` to each
/// side.
void defocus(uint8_t* data, ptrdiff_t stride, int width, int height,
             int radius);

/// x = black + (x - black) * gain / 256 + grain, for `n` samples.
/// @param grain may be null
void expose(uint8_t* data, size_t n, int black, int gain, const int8_t* grain);

} // namespace vpaas
