#pragma once

#include "runtime/vision/proposals.hpp"

#include <ATen/ATen.h>

#include <vector>

namespace vpaas {

/// RoIAlign over a pyramid for every proposal of a batch.
/// @param maps levels with strides 4, 8, ...: [images, channels, h, w]
/// @param rows of each image; missing proposals are zeros
/// @returns [images * rows, side * side * channels], in the type of the maps
at::Tensor roi_features(const std::vector<at::Tensor>& maps,
                        const std::vector<proposals>& boxes, int64_t rows,
                        int side);

/// The same by operations of LibTorch alone: for devices whose memory the CPU
/// cannot read.
at::Tensor roi_features_on_device(const std::vector<at::Tensor>& maps,
                                  const std::vector<proposals>& boxes,
                                  int64_t rows, int side);

} // namespace vpaas
