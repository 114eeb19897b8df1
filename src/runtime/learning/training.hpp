#pragma once

#include "runtime/learning/head_gate.hpp"
#include "runtime/learning/head_learner.hpp"
#include "runtime/learning/head_ring.hpp"
#include "runtime/learning/lesson_choice.hpp"

#include <cstddef>
#include <vector>

namespace vpaas {

struct training_config {
  lesson_choice_config choice;
  head_learner_config learner;
  head_gate_config gate;
  size_t snapshots = 4; ///< of the last heads; 1: they are not combined
};

/// Heads that were made, and how they were judged.
struct training_step {
  one_vs_all heads;
  gate_verdict verdict;
  size_t learnt = 0;     ///< lessons
  bool combined = false; ///< of several snapshots
};

/// Makes heads of labels, again and again: those that are no worse than the
/// ones that are live take their place [V].
class training {
public:
  /// @param first before anything was learnt @param live that name now
  training(one_vs_all first, one_vs_all live)
    : first_(std::move(first)), live_(std::move(live)) {
    // nop
  }

  /// Makes heads of all labels, in the order of these; live from now on where
  /// they passed.
  /// @param around crops without a label, see `learn`
  training_step teach(const std::vector<taught_crop>& labels,
                      const training_config& cfg = {},
                      const std::vector<taught_crop>& around = {});

  /// These name again: what took their place was taken back.
  void revert(one_vs_all live) {
    live_ = std::move(live);
  }

  const one_vs_all& live() const {
    return live_;
  }

private:
  one_vs_all first_, live_;
  head_ring snapshots_;
};

/// Whether both say the same of every crop.
bool same_heads(const one_vs_all& a, const one_vs_all& b);

} // namespace vpaas
