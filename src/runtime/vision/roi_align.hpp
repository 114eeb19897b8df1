#pragma once

#include "runtime/vision/box.hpp"

#include <cstddef>
#include <cstdint>

namespace vpaas {

/// The upper half of a float: what networks compute with on newer processors.
struct bfloat16 {
  uint16_t bits;
};

/// One level of a feature pyramid, channels last, in float or bfloat16.
template <class T>
struct feature_map {
  const T* data = nullptr; ///< [height, width, channels]
  int height = 0, width = 0, channels = 0;
};

/// Samples `b` (in cells of the map) into `side` x `side` bins of averaged
/// features: RoIAlign (He et al. 2017) with 2 x 2 samples a bin, the box not
/// shifted by half a cell, as in torchvision's detection networks.
/// @param out [side, side, channels]
void roi_align(const feature_map<float>& map, const box& b, int side,
               float* out);
void roi_align(const feature_map<bfloat16>& map, const box& b, int side,
               float* out);

/// Level of the pyramid, 0 to `levels` - 1 for strides 4, 8, ..., that fits a
/// box of `b`'s size in input pixels (Lin et al. 2017, Eq. 1).
int pyramid_level(const box& b, int levels);

} // namespace vpaas
