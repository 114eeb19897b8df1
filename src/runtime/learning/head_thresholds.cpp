#include "runtime/learning/head_thresholds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vpaas {

namespace {

constexpr float off = 2; // no score is above it

double mean_of(const std::vector<match_counts>& xs) {
  double sum = 0;
  for (auto& x : xs)
    sum += x.f1();
  return xs.empty() ? 0 : sum / double(xs.size());
}

/// Whether `now` is no worse than `before` with `wrong` wrong boxes more.
bool harmless(const match_counts& now, const match_counts& before,
              double wrong) {
  auto boxes = 2 * double(before.right) + double(before.wrong + before.missed);
  return now.f1() * (boxes + wrong) >= 2 * double(before.right);
}

/// How many more of the new names are right than F1 needs, and how much of that
/// is luck. F1 rises where the share of right ones is above F1 / 2.
struct evidence {
  double beyond = 0;    ///< right names, less those that F1 needs
  double deviation = 0; ///< standard deviation of that, by luck alone

  /// By two deviations: the best of many thresholds is looked for.
  bool convincing() const {
    return beyond > 0 && beyond >= 2 * deviation;
  }
};

evidence weigh(const std::vector<match_counts>& now,
               const std::vector<match_counts>& before) {
  evidence result;
  double variance = 0;
  for (size_t i = 0; i < now.size(); ++i) {
    auto right = double(now[i].right) - double(before[i].right);
    auto n = right + double(now[i].wrong) - double(before[i].wrong);
    auto even = before[i].f1() / 2;
    result.beyond += right - even * n;
    variance += std::max(n, 0.) * even * (1 - even);
  }
  result.deviation = std::sqrt(variance);
  return result;
}

std::vector<size_t> most_regions_first(const head_lessons& xs) {
  std::vector<size_t> count(xs.classes.size()), order(count.size());
  for (auto& x : xs.lessons)
    if (x.region && x.truth >= 0)
      ++count[size_t(x.truth)];
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return count[a] > count[b]; });
  return order;
}

/// As `one_vs_all::name`.
int32_t best_above(const std::vector<float>& scores,
                   const std::vector<float>& thresholds) {
  int32_t result = -1;
  for (size_t k = 0; k < scores.size(); ++k)
    if (scores[k] >= thresholds[k]
        && (result < 0 || scores[k] > scores[size_t(result)]))
      result = int32_t(k);
  return result;
}

struct option {
  float threshold = off;
  double gain = 0;
  double doubt = 0; ///< share of the gain that half a deviation makes
};

/// The highest threshold whose gain differs from the best by no more than its
/// doubt; off where there is none.
float choose(const std::vector<option>& xs) {
  option best;
  for (auto& x : xs)
    if (x.gain > best.gain)
      best = x;
  auto result = off;
  for (auto& x : xs)
    if (x.gain >= best.gain * (1 - best.doubt))
      result = x.threshold;
  return result;
}

} // namespace

std::vector<match_counts>
counts_of_sources(const head_lessons& xs,
                  const std::function<int32_t(size_t)>& name) {
  std::vector<match_counts> counts;
  for (auto& x : xs.frames) {
    counts.resize(std::max<size_t>(counts.size(), x.source + 1));
    counts[x.source] += x.cloud;
  }
  for (size_t i = 0; i < xs.lessons.size(); ++i) {
    auto& x = xs.lessons[i];
    auto label = x.region ? name(i) : -1;
    auto& sum = counts[xs.frames[x.frame].source];
    if (label >= 0 && label == x.truth) {
      ++sum.right;
      --sum.missed;
    } else if (label >= 0) {
      ++sum.wrong;
    }
  }
  return counts;
}

double mean_f1(const head_lessons& xs,
               const std::function<int32_t(size_t)>& name) {
  return mean_of(counts_of_sources(xs, name));
}

std::vector<float> choose_thresholds(const head_lessons& xs,
                                     const held_out_scores& scores,
                                     double max_harm, double& f1) {
  std::vector<float> result(xs.classes.size(), off);
  auto reached = [&] {
    return counts_of_sources(
      xs, [&](size_t i) { return best_above(scores[i], result); });
  };
  auto before = reached();
  for (auto k : most_regions_first(xs)) {
    std::vector<option> options;
    for (int step = 4; step < 20; ++step) { // 0.2, 0.25, ... 0.95
      result[k] = float(step) / 20;
      auto now = reached();
      auto fair = std::equal(
        now.begin(), now.end(), before.begin(),
        [&](auto& a, auto& b) { return harmless(a, b, max_harm); });
      auto gain = mean_of(now) - mean_of(before);
      auto proof = weigh(now, before);
      if (fair && gain > 0 && proof.convincing())
        options.push_back(
          {result[k], gain, proof.deviation / 2 / proof.beyond});
    }
    result[k] = choose(options);
    before = reached();
  }
  f1 = mean_of(before);
  return result;
}

} // namespace vpaas
