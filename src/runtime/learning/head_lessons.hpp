#pragma once

#include "runtime/learning/head_fit.hpp"
#include "runtime/vision/truth.hpp"

#include <cstdint>
#include <vector>

namespace vpaas {

/// What the protocol said about a frame, and what its teacher says. Labels of
/// `labels` and `objects` are indices of classes.
struct taught_frame {
  std::vector<detection> labels;      ///< named by the cloud
  std::vector<hinted_region> regions; ///< located only
  std::vector<truth_object> objects;  ///< of the teacher
  std::vector<float> region_features; ///< [regions, d]
};

/// What a perfect namer would say of each region: the class of the object that
/// it matches one-to-one at IoU 0.5, best located first, among those that no
/// label of the cloud matches; else -1.
std::vector<int32_t> perfect_names(const taught_frame& x);

/// Appends the frame and a lesson a region, but for those on objects that are
/// ignored: nobody says what they show.
void teach(head_lessons& to, uint32_t source, const taught_frame& x);

/// Appends crops of the frame that was taught last: material beside regions.
/// @param features [places, d] @param truth a class each, or -1
void teach_more(head_lessons& to, const std::vector<box>& places,
                const std::vector<float>& features,
                const std::vector<int32_t>& truth);

/// Places of the size of the objects, beside them, that show none of them (IoU
/// below 0.1): what background looks like.
std::vector<box> background_of(const std::vector<truth_object>& objects);

} // namespace vpaas
