#pragma once

#include "runtime/learning/one_vs_all.hpp"
#include "runtime/vision/detection.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// A region and what the detector would have called it.
struct hinted_region {
  region place;
  std::string hint; ///< name of the label `place.hint`
};

/// Makes the rows that heads look at, for fitting and naming alike. A row has
/// up to three parts (`one_vs_all::inputs`):
/// 1. features of the crop, divided by their length;
/// 2. clues that the cloud's answer carries: for each class the detector's
///    score for it, and whether it is the hint; the score of a hint at no
///    class; the location score; logarithms of area and aspect;
/// 3. a 1.
/// Clues are scaled to a spread of about one.
/// @param features [n, d] @param places n; not read where heads need no clues
/// @returns [n, width]; nothing where the sizes do not fit
std::vector<float> head_rows(const one_vs_all& heads,
                             const std::vector<float>& features,
                             const std::vector<hinted_region>& places);

/// How strongly each weight of a row is held where it is when heads are
/// fitted. Measured on nine clips of streets and shops: features of length one
/// want a weaker penalty than clues, of which each is about one.
/// @returns [width]
std::vector<float> head_penalties(const one_vs_all& heads, float strength);

} // namespace vpaas
