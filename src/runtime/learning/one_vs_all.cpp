#include "runtime/learning/one_vs_all.hpp"

#include "runtime/learning/dot.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

float activate(head_kind kind, float x) {
  if (kind == head_kind::relu)
    return std::clamp(x, 0.f, 1.f);
  return 1 / (1 + std::exp(-x));
}

} // namespace

std::optional<std::string> one_vs_all::validate() const {
  auto k = classes.size();
  if (dimensions == 0)
    return "dimensions is 0; allowed: those of the backbone's features";
  if (weights.size() != k * width())
    return "weights has " + std::to_string(weights.size()) + " values; "
           + std::to_string(k) + " classes need " + std::to_string(k * width());
  if (thresholds.size() != k)
    return "thresholds has " + std::to_string(thresholds.size())
           + " values; there are " + std::to_string(k) + " classes";
  if (!hints.empty() && hints.size() != k)
    return "hints has " + std::to_string(hints.size()) + " lists; there are "
           + std::to_string(k) + " classes";
  auto finite = [](float x) { return std::isfinite(x); };
  if (!std::all_of(weights.begin(), weights.end(), finite)
      || !std::all_of(thresholds.begin(), thresholds.end(), finite))
    return "a weight or threshold is no number";
  return std::nullopt;
}

size_t one_vs_all::width() const {
  auto features = inputs == head_inputs::clues ? 0 : size_t{dimensions};
  auto clues = inputs == head_inputs::features ? 0 : clues_of(classes.size());
  return features + clues + 1;
}

int32_t one_vs_all::class_of(const std::string& label) const {
  auto holds = [&](size_t i) {
    if (i >= hints.size())
      return classes[i] == label;
    return std::find(hints[i].begin(), hints[i].end(), label) != hints[i].end();
  };
  for (size_t i = 0; i < classes.size(); ++i)
    if (holds(i))
      return int32_t(i);
  return -1;
}

std::vector<float> one_vs_all::scores(const float* row) const {
  auto n = width();
  std::vector<float> result(classes.size());
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = activate(kind, dot(weights.data() + i * n, row, n));
  return result;
}

naming one_vs_all::name(const float* row) const {
  naming result;
  auto all = scores(row);
  for (size_t i = 0; i < all.size(); ++i) {
    auto yes = all[i] >= thresholds[i];
    auto had_one = result.label >= 0;
    if (yes == had_one ? all[i] > result.score : yes)
      result = {yes ? int32_t(i) : -1, all[i]};
  }
  return result;
}

} // namespace vpaas
