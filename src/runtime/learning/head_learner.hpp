#pragma once

#include "runtime/learning/taught_crop.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace vpaas {

struct head_learner_config {
  /// How strongly weights are held where the first heads have them.
  float strength = 1;
  float rate = 0.05f; ///< of the ReLU's steps [Eq. 7]
  size_t rounds = 10; ///< of the ReLU through all lessons
  size_t batch = 4;   ///< lessons a step [VI-C]
};

/// The heads with a head for each of these labels that had none. It starts from
/// the mean feature of its lessons [V], against that of all others: of other
/// labels, and of `around`.
one_vs_all with_classes_of(const one_vs_all& heads,
                           const std::vector<taught_crop>& lessons,
                           const std::vector<taught_crop>& around = {});

/// Heads that were taught these lessons: only the last layer moves [V]. Those
/// of kind `logistic` are the best ones near `first`, so that the order of
/// lessons does not matter; those of kind `relu` take the paper's steps. A head
/// whose class nobody has named learns only where it is wrong: labels that are
/// all of other classes say nothing else of it. A class that was off and has
/// lessons is on. The same lessons give the same heads; milliseconds for a few
/// hundred.
/// @param first what was there before anybody taught anything
/// @param around crops without a label, as they come: what is usual
/// @returns `first` where the features are not those of its backbone
one_vs_all learn(const one_vs_all& first,
                 const std::vector<taught_crop>& lessons,
                 const head_learner_config& cfg = {},
                 const std::vector<taught_crop>& around = {});

} // namespace vpaas
