#include "runtime/learning/one_vs_all.hpp"

#include "runtime/vision/simd.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace vpaas {

namespace {

// Sixteen sums side by side become one vector register.
VPAAS_VECTOR_CLONES
float dot(const float* a, const float* b, size_t n) {
  float sums[16] = {};
  size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (size_t k = 0; k < 16; ++k)
      sums[k] += a[i + k] * b[i + k];
  float result = 0;
  for (; i < n; ++i)
    result += a[i] * b[i];
  for (auto x : sums)
    result += x;
  return result;
}

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
  if (weights.size() != k * (size_t{dimensions} + 1))
    return "weights has " + std::to_string(weights.size()) + " values; "
           + std::to_string(k) + " classes need "
           + std::to_string(k * (size_t{dimensions} + 1));
  if (thresholds.size() != k)
    return "thresholds has " + std::to_string(thresholds.size())
           + " values; there are " + std::to_string(k) + " classes";
  auto finite = [](float x) { return std::isfinite(x); };
  if (!std::all_of(weights.begin(), weights.end(), finite)
      || !std::all_of(thresholds.begin(), thresholds.end(), finite))
    return "a weight or threshold is no number";
  return std::nullopt;
}

std::vector<float> one_vs_all::scores(const float* feature) const {
  auto width = size_t{dimensions} + 1;
  std::vector<float> result(classes.size());
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = activate(kind, dot(weights.data() + i * width, feature, width));
  return result;
}

naming one_vs_all::name(const float* feature) const {
  naming result;
  auto all = scores(feature);
  for (size_t i = 0; i < all.size(); ++i) {
    auto yes = all[i] >= thresholds[i];
    auto had_one = result.label >= 0;
    if (yes == had_one ? all[i] > result.score : yes)
      result = {yes ? int32_t(i) : -1, all[i]};
  }
  return result;
}

std::vector<float> normalised(const std::vector<float>& features, size_t d) {
  std::vector<float> result;
  result.reserve(features.size() / d * (d + 1));
  for (size_t row = 0; row + d <= features.size(); row += d) {
    auto x = features.data() + row;
    auto length = std::sqrt(dot(x, x, d));
    // A crop without any feature stays at zero: only the bias speaks.
    auto scale = length > 0 ? 1 / length : 0;
    std::transform(x, x + d, std::back_inserter(result),
                   [&](float v) { return v * scale; });
    result.push_back(1);
  }
  return result;
}

} // namespace vpaas
