#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

struct lesson_choice_config {
  /// One run of so many is not learnt from: new heads are judged on its crops.
  /// Of so many one is held out in any case.
  uint64_t hold_out = 4;
  /// Frames of a camera that are one run. Crops of neighbouring frames are as
  /// good as the same: one of them says nothing of heads that saw the other.
  uint64_t run = 60;
  size_t newest = 64;     ///< lessons that are always there
  size_t reservoir = 100; ///< of earlier ones, of each class
  uint64_t seed = 1;
};

/// A crop that has a label, as far as the choice depends on it.
struct choosable_lesson {
  std::string crop;
  std::string label;
};

struct lesson_choice {
  std::vector<size_t> learn;
  std::vector<size_t> held_out;
};

/// What to learn from and what to judge by, of all labels in their order. Of a
/// class that is in no other run, all is learnt from. Learnt are the newest,
/// and of each class a reservoir of the earlier ones against forgetting: a
/// uniform sample. It depends on what there is and on nothing else: a restart
/// does not matter, and labels that are withdrawn leave no trace. Costs n log
/// n.
lesson_choice choose_lessons(const std::vector<choosable_lesson>& xs,
                             const lesson_choice_config& cfg = {});

} // namespace vpaas
