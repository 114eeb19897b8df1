#pragma once

#include "runtime/vision/detection.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace vpaas {

inline constexpr size_t no_limit = std::numeric_limits<size_t>::max();

/// Greedy non-maximum suppression: indices of the kept boxes, best score first,
/// equal scores in their order. A box goes when its IoU with a better kept box
/// is above `limit`, as in torchvision and OpenCV. Costs O(n * kept).
/// @pre both vectors have the same length
std::vector<uint32_t> nms(const std::vector<box>& boxes,
                          const std::vector<float>& scores, float limit,
                          size_t max_kept = no_limit);

/// Suppresses among boxes of the same label only; the answer is sorted by
/// score over all labels and cut to `max_kept`.
std::vector<detection> nms_by_label(const std::vector<detection>& xs,
                                    float limit, size_t max_kept = no_limit);

} // namespace vpaas
