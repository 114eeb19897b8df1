#pragma once

#include "runtime/learning/head_fit.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace vpaas {

/// Scores [k] of every lesson by heads that had not seen it; empty for lessons
/// that are no regions.
using held_out_scores = std::vector<std::vector<float>>;

/// Counts of each source when region `i` is named `name(i)`, -1 for none. Named
/// right, a missed object is found; named wrong, a wrong box is added.
std::vector<match_counts>
counts_of_sources(const head_lessons& xs,
                  const std::function<int32_t(size_t)>& name);

/// Mean of their F1; 0 where there is no source.
double mean_f1(const head_lessons& xs,
               const std::function<int32_t(size_t)>& name);

/// Chooses for each class, the one with most regions first, the threshold that
/// raises the mean F1 by more than luck explains, no source losing more than
/// `max_harm` wrong boxes would cost it. Of thresholds that gain as much as the
/// best, within half a standard deviation of luck, the highest is taken. A
/// class without gain gets 2, above every score.
/// @param f1 receives the mean F1 with these thresholds
std::vector<float> choose_thresholds(const head_lessons& xs,
                                     const held_out_scores& scores,
                                     double max_harm, double& f1);

} // namespace vpaas
