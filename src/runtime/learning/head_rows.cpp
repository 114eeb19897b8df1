#include "runtime/learning/head_rows.hpp"

#include "runtime/learning/dot.hpp"
#include "runtime/vision/iou.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

// Scores of what is left over lie between a tenth and a half.
constexpr float score_spread = 0.2f;

constexpr float feature_penalty = 0.04f;
constexpr float clue_penalty = 0.5f;
constexpr float constant_penalty = 0.001f;

/// A crop without any feature stays at zero: only the bias speaks.
void write_features(const float* x, size_t d, float* out) {
  auto length = std::sqrt(dot(x, x, d));
  if (length > 0)
    std::transform(x, x + d, out, [=](float v) { return v / length; });
}

void write_clues(const one_vs_all& heads, const hinted_region& x, float* out) {
  auto k = heads.classes.size();
  auto score = x.place.hint_score / score_spread;
  auto hint = heads.class_of(x.hint);
  if (hint >= 0) {
    out[hint] = score;
    out[k + size_t(hint)] = 1;
  } else {
    out[2 * k] = score;
  }
  out[2 * k + 1] = x.place.location / score_spread;
  auto& where = x.place.where;
  auto width = std::max(where.x1 - where.x0, 1e-4f);
  auto height = std::max(where.y1 - where.y0, 1e-4f);
  // Areas between a thousandth of a percent and four percent: -12 to -3.
  out[2 * k + 2] = std::log(std::max(area(where), 1e-6f)) / 3 + 2;
  out[2 * k + 3] = std::log(height / width);
}

} // namespace

std::vector<float> head_rows(const one_vs_all& heads,
                             const std::vector<float>& features,
                             const std::vector<hinted_region>& places) {
  auto d = size_t{heads.dimensions};
  auto with_features = heads.inputs != head_inputs::clues;
  auto with_clues = heads.inputs != head_inputs::features;
  auto n = with_features ? features.size() / d : places.size();
  if ((with_features && features.size() != n * d)
      || (with_clues && places.size() != n))
    return {};
  auto width = heads.width();
  std::vector<float> result(n * width);
  for (size_t i = 0; i < n; ++i) {
    auto row = result.data() + i * width;
    if (with_features)
      write_features(features.data() + i * d, d, row);
    if (with_clues)
      write_clues(heads, places[i], row + (with_features ? d : 0));
    row[width - 1] = 1;
  }
  return result;
}

std::vector<float> head_penalties(const one_vs_all& heads, float strength) {
  auto features = heads.inputs == head_inputs::clues ? 0
                                                     : size_t{heads.dimensions};
  std::vector<float> result(heads.width(), clue_penalty * strength);
  std::fill_n(result.begin(), features, feature_penalty * strength);
  result.back() = constant_penalty;
  return result;
}

} // namespace vpaas
