#include "runtime/learning/crop_ranking.hpp"

#include "runtime/learning/dot.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace vpaas {

namespace {

using rows = std::vector<std::vector<float>>;

std::vector<float> of_length_one(std::vector<float> x) {
  auto length = std::sqrt(dot(x.data(), x.data(), x.size()));
  if (length > 0)
    for (auto& v : x)
      v /= length;
  return x;
}

float product(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() ? dot(a.data(), b.data(), a.size()) : 0;
}

/// Mean likeness to a sample of all.
std::vector<float> densities(const rows& xs, size_t sample, uint64_t seed) {
  std::minstd_rand random{uint32_t(seed % 2'147'483'646 + 1)};
  std::vector<size_t> order(xs.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  // std::shuffle's result depends on the library.
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random() % i]);
  order.resize(std::min(order.size(), sample));
  std::vector<float> result;
  for (auto& x : xs) {
    float sum = 0;
    for (auto i : order)
      sum += std::max(0.f, product(x, xs[i]));
    result.push_back(sum / float(order.size()));
  }
  return result;
}

float freshness(caf::timespan age, caf::timespan fades) {
  return std::exp2(-float(age.count())
                   / float(std::max<int64_t>(1, int64_t(fades.count()))));
}

} // namespace

std::vector<size_t> rank_crops(const std::vector<rankable_crop>& xs,
                               const rows& known,
                               const crop_ranking_config& cfg) {
  rows all;
  for (auto& x : xs)
    all.push_back(of_length_one(x.features));
  auto worth = densities(all, cfg.sample, cfg.seed);
  for (size_t i = 0; i < xs.size(); ++i)
    worth[i] *= xs[i].uncertainty * freshness(xs[i].age, cfg.fades);
  std::vector<float> nearest(xs.size(), 0);
  auto note = [&](const std::vector<float>& x) {
    for (size_t i = 0; i < all.size(); ++i)
      nearest[i] = std::max(nearest[i], product(all[i], x));
  };
  for (auto& x : known)
    note(of_length_one(x));
  std::vector<size_t> result;
  std::vector<bool> taken(xs.size());
  while (result.size() < std::min(cfg.most, xs.size())) {
    size_t best = xs.size();
    float most = -1;
    for (size_t i = 0; i < xs.size(); ++i)
      if (auto gain = worth[i] * (1 - nearest[i]); !taken[i] && gain > most) {
        best = i;
        most = gain;
      }
    taken[best] = true;
    result.push_back(best);
    note(all[best]);
  }
  return result;
}

float uncertainty_of(const std::vector<float>& scores,
                     const std::vector<float>& thresholds) {
  if (scores.empty())
    return 1;
  auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
  float second = 0;
  for (size_t k = 0; k < scores.size(); ++k)
    if (ptrdiff_t(k) != best)
      second = std::max(second, scores[k]);
  auto score = scores[size_t(best)];
  auto to_yes = std::abs(score - std::min(thresholds[size_t(best)], 1.f));
  return std::clamp(1 - std::min(2 * to_yes, score - second), 0.f, 1.f);
}

float likeness(const std::vector<float>& a, const std::vector<float>& b) {
  return product(of_length_one(a), of_length_one(b));
}

} // namespace vpaas
