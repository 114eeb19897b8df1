#include "runtime/learning/training.hpp"

#include <algorithm>
#include <cstdio>

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

/// Whether `x` has a class that `y` lacks, or that is off there.
bool knows_more(const one_vs_all& x, const one_vs_all& y) {
  for (size_t k = 0; k < x.classes.size(); ++k) {
    auto there = std::find(y.classes.begin(), y.classes.end(), x.classes[k]);
    auto is_on = [](const one_vs_all& heads, size_t i) {
      return heads.thresholds[i] <= 1;
    };
    if (is_on(x, k)
        && (there == y.classes.end()
            || !is_on(y, size_t(there - y.classes.begin()))))
      return true;
  }
  return false;
}

/// Why it is not proven that heads are better; empty: it is.
/// @param easily of a class that is being learnt little is held out
std::string doubt_of(const gate_verdict& x, const head_gate_config& cfg,
                     bool easily) {
  if (easily && x.held_out == 0)
    return "";
  if (x.held_out == 0)
    return "no crop is held out yet; name some of four other moments";
  if (x.now <= x.before)
    return "no more held-out crops are named right";
  if (easily || x.luck <= cfg.max_luck)
    return "";
  char text[80];
  std::snprintf(text, sizeof text,
                "that more held-out crops are named right may be luck (p %.2f)",
                x.luck);
  return text;
}

} // namespace

gate_verdict training::judged(const one_vs_all& next,
                              const std::vector<taught_crop>& held_out,
                              const head_gate_config& cfg,
                              const std::vector<taught_crop>& around,
                              bool as_good_will_do) const {
  auto result = judge(live_, next, held_out, cfg);
  if (result.passed && !as_good_will_do && !same_heads(next, live_)
      && !knows_more(next, live_))
    result.why = doubt_of(result, cfg, knows_more(next, first_));
  if (result.why.empty())
    result.why = spoils(first_, live_, next, around, cfg);
  result.passed = result.why.empty();
  return result;
}

bool training::knows_what_is_gone(
  const std::vector<taught_crop>& labels) const {
  if (!known_) // they were made by an earlier training
    return !same_heads(live_, first_);
  std::map<std::string, std::string> now;
  for (auto& x : labels)
    now[x.id] = x.label;
  return std::any_of(known_->begin(), known_->end(), [&](auto& x) {
    auto i = now.find(x.first);
    return i == now.end() || i->second != x.second;
  });
}

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
  auto gone = knows_what_is_gone(labels);
  training_step result;
  result.learnt = lessons.size();
  result.heads = learn(first_, lessons, cfg.learner, around);
  result.verdict = judged(result.heads, held_out, cfg.gate, around, gone);
  snapshots_.push_back(result.heads);
  while (snapshots_.size() > cfg.snapshots)
    snapshots_.pop_front();
  if (snapshots_.size() > 1) {
    auto together = combine(snapshots_, lessons);
    auto verdict = judged(together, held_out, cfg.gate, around, gone);
    if (verdict.passed
        && (!result.verdict.passed || verdict.now > result.verdict.now)) {
      result.heads = std::move(together);
      result.verdict = std::move(verdict);
      result.combined = true;
    }
  }
  if (!result.verdict.passed && !knows_more(live_, first_)) {
    auto verdict = judged(first_, held_out, cfg.gate, around, gone);
    if (verdict.passed && !same_heads(first_, live_)) {
      result.heads = first_;
      result.verdict = std::move(verdict);
    }
  }
  if (result.verdict.passed)
    live_ = result.heads;
  if (result.verdict.passed || !known_)
    known_.emplace();
  for (auto& x : labels)
    (*known_)[x.id] = x.label;
  return result;
}

bool same_heads(const one_vs_all& a, const one_vs_all& b) {
  return a.classes == b.classes && a.weights == b.weights
         && a.thresholds == b.thresholds;
}

} // namespace vpaas
