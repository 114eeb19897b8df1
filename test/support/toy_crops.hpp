#pragma once

#include "runtime/learning/head_learner.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

namespace vpaas::test {

/// A world of classes, each a cloud of features around a direction of its own.
class toy_crops {
public:
  explicit toy_crops(uint32_t seed, size_t dimensions = 24, float noise = .8f)
    : random_(seed), dimensions_(dimensions), noise_(noise) {
    // nop
  }

  /// A crop of what is called so; empty: background.
  taught_crop crop(const std::string& label) {
    taught_crop result;
    result.id = "crop-" + std::to_string(++made_);
    result.label = label;
    result.features = centre(label);
    for (size_t i = 0; i < dimensions_; ++i)
      result.features[i] += noise_ * normal_(random_) + drift_[label][i];
    return result;
  }

  std::vector<taught_crop> crops(const std::vector<std::string>& labels,
                                 size_t each) {
    std::vector<taught_crop> result;
    for (size_t i = 0; i < each; ++i)
      for (auto& x : labels)
        result.push_back(crop(x));
    return result;
  }

  /// From now on everything looks otherwise.
  void drift(float far) {
    for (auto& x : drift_)
      for (auto& v : x.second)
        v += far * normal_(random_);
  }

  /// Heads that say no to everything.
  one_vs_all silent_heads(const std::vector<std::string>& classes) const {
    one_vs_all result;
    result.dimensions = uint32_t(dimensions_);
    result.classes = classes;
    result.thresholds.assign(classes.size(), .5f);
    result.weights.assign(classes.size() * (dimensions_ + 1), 0);
    for (size_t k = 0; k < classes.size(); ++k)
      result.weights[(k + 1) * (dimensions_ + 1) - 1] = -10;
    return result;
  }

private:
  const std::vector<float>& centre(const std::string& label) {
    auto& result = centres_[label];
    if (result.empty()) {
      for (size_t i = 0; i < dimensions_; ++i)
        result.push_back(normal_(random_));
      drift_[label].assign(dimensions_, 0);
    }
    return result;
  }

  std::minstd_rand random_;
  std::normal_distribution<float> normal_;
  size_t dimensions_;
  float noise_;
  uint64_t made_ = 0;
  std::map<std::string, std::vector<float>> centres_, drift_;
};

/// Share of crops that are named right.
inline double accuracy(const one_vs_all& heads,
                       const std::vector<taught_crop>& xs) {
  auto rows = rows_of(heads, xs);
  double right = 0;
  for (size_t i = 0; i < xs.size(); ++i) {
    auto label = heads.name(rows.data() + i * heads.width()).label;
    right += (label < 0 ? "" : heads.classes[size_t(label)]) == xs[i].label;
  }
  return right / double(xs.size());
}

} // namespace vpaas::test
