#pragma once

#include "runtime/vision/box.hpp"

#include <cstddef>
#include <vector>

namespace vpaas {

/// What the region proposal network says on one level of the pyramid, one row a
/// cell: a logit an anchor, and four deltas an anchor.
struct rpn_level {
  int width = 0, height = 0;      ///< cells
  int stride_x = 0, stride_y = 0; ///< input pixels between two cells
  float anchor_size = 0;          ///< square root of an anchor's area, pixels
  const float* logits = nullptr;  ///< [height * width, anchors]
  const float* deltas = nullptr;  ///< [height * width, anchors * 4]
};

/// torchvision's numbers for inference.
struct rpn_config {
  std::vector<float> aspect_ratios{0.5f, 1, 2}; ///< height by width
  size_t before_nms = 1000;                     ///< best a level
  size_t after_nms = 1000;                      ///< best over all levels
  float nms = 0.7f;
  float smallest = 1e-3f; ///< pixels a side
};

/// Places that may hold an object, best first.
struct proposals {
  std::vector<box> boxes;        ///< input pixels, cut at the image's edges
  std::vector<float> objectness; ///< in [0, 1]
};

/// Anchors of one level around (0, 0), rounded as in torchvision.
std::vector<box> base_anchors(float size, const std::vector<float>& ratios);

/// Proposals of one image of `width` x `height` pixels (without padding).
proposals propose(const std::vector<rpn_level>& levels, float width,
                  float height, const rpn_config& cfg);

} // namespace vpaas
