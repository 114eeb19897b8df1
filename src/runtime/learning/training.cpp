#include "runtime/learning/training.hpp"

namespace vpaas {

namespace {

std::vector<taught_crop> those(const std::vector<taught_crop>& all,
                               const std::vector<size_t>& indices) {
  std::vector<taught_crop> result;
  result.reserve(indices.size());
  for (auto i : indices)
    result.push_back(all[i]);
  return result;
}

} // namespace

training_step training::teach(const std::vector<taught_crop>& labels,
                              const training_config& cfg,
                              const std::vector<taught_crop>& around) {
  std::vector<choosable_lesson> known;
  known.reserve(labels.size());
  for (auto& x : labels)
    known.push_back({x.id, x.label});
  auto chosen = choose_lessons(known, cfg.choice);
  auto lessons = those(labels, chosen.learn);
  auto held_out = those(labels, chosen.held_out);
  training_step result;
  result.learnt = lessons.size();
  result.heads = learn(first_, lessons, cfg.learner, around);
  result.verdict = judge(live_, result.heads, held_out, cfg.gate);
  snapshots_.push_back(result.heads);
  while (snapshots_.size() > cfg.snapshots)
    snapshots_.pop_front();
  if (snapshots_.size() > 1) {
    auto together = combine(snapshots_, lessons);
    auto verdict = judge(live_, together, held_out, cfg.gate);
    if (verdict.passed
        && (!result.verdict.passed || verdict.now > result.verdict.now)) {
      result.heads = std::move(together);
      result.verdict = std::move(verdict);
      result.combined = true;
    }
  }
  if (result.verdict.passed)
    live_ = result.heads;
  return result;
}

bool same_heads(const one_vs_all& a, const one_vs_all& b) {
  return a.classes == b.classes && a.weights == b.weights
         && a.thresholds == b.thresholds;
}

} // namespace vpaas
