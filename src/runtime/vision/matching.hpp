#pragma once

#include "runtime/vision/detection.hpp"
#include "runtime/vision/truth.hpp"

#include <cstdint>
#include <vector>

namespace vpaas {

/// When a box that was found counts as an object that is there.
struct match_rule {
  float min_iou = 0.5f; ///< at least this much of both
  bool by_label = true; ///< and the same label; false: any label will do
};

/// No object matches.
inline constexpr int32_t no_match = -1;

/// Matches boxes and objects of one frame, each with one other at most: the
/// best scored box chooses first, equal scores in their order, and takes the
/// free object that it overlaps most. The matching of PASCAL VOC and COCO.
/// @returns for each of `found` the index into `there`, or `no_match`
std::vector<int32_t> match_one_to_one(const std::vector<detection>& found,
                                      const std::vector<truth_object>& there,
                                      const match_rule& rule = {});

/// The objects that somebody has to find.
std::vector<truth_object> counted(const std::vector<truth_object>& there);

/// Whether half of the box or more lies on an object that nobody has to find,
/// whatever its label: COCO's rule for crowds (pycocotools, maskApi.c, iou with
/// iscrowd: the intersection over the area of what was found).
bool on_ignored(const box& x, const std::vector<truth_object>& there);

/// The boxes of a model as objects: a reference where nobody knows the truth.
std::vector<truth_object> as_truth(const std::vector<detection>& xs);

} // namespace vpaas
