#pragma once

#include "runtime/learning/head_gate.hpp"
#include "runtime/learning/head_learner.hpp"
#include "runtime/learning/head_ring.hpp"
#include "runtime/learning/lesson_choice.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
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

/// Makes heads of labels, again and again: those that are better than the ones
/// that are live take their place [V]. As good is enough where they know a
/// class more, or where those that are live know labels that do not hold any
/// more. Where none are better but the first ones are, these are back: labels
/// of a careless annotator leave nothing worse than no labels.
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
  gate_verdict
  judged(const one_vs_all& next, const std::vector<taught_crop>& held_out,
         const head_gate_config& cfg, const std::vector<taught_crop>& around,
         bool as_good_will_do) const;

  /// Whether a label that live heads know is another one now, or gone.
  bool knows_what_is_gone(const std::vector<taught_crop>& labels) const;

  one_vs_all first_, live_;
  /// Labels by crop that live heads may know.
  std::optional<std::map<std::string, std::string>> known_;
  head_ring snapshots_;
};

/// Whether both say the same of every crop.
bool same_heads(const one_vs_all& a, const one_vs_all& b);

} // namespace vpaas
