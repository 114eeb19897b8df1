#include "runtime/learning/head_learner.hpp"

#include "runtime/learning/dot.hpp"
#include "runtime/learning/logistic.hpp"
#include "runtime/learning/relu_rule.hpp"

#include <algorithm>

namespace vpaas {

namespace {

constexpr float half = 0.5f;   // threshold of a class that is new, or on again
constexpr float certainty = 4; // of a new head about the mean of its lessons
constexpr size_t few_lessons = 2; // turn on no class that was off

using rows = std::vector<float>;

std::vector<uint8_t> marks_of(const std::vector<taught_crop>& xs,
                              const std::string& label) {
  std::vector<uint8_t> result;
  result.reserve(xs.size());
  for (auto& x : xs)
    result.push_back(x.label == label ? 1 : 0);
  return result;
}

/// The place of `x`'s weight `i` among the columns of heads that have more
/// classes: clues of classes stand before those of the region.
size_t moved_column(const one_vs_all& before, const one_vs_all& after,
                    size_t i) {
  auto d = before.inputs == head_inputs::clues ? 0 : size_t{before.dimensions};
  auto k = before.classes.size(), more = after.classes.size() - k;
  if (i < d || before.inputs == head_inputs::features)
    return i + 1 == before.width() ? after.width() - 1 : i;
  auto clue = i - d;
  return clue < k ? i : clue < 2 * k ? i + more : i + 2 * more;
}

one_vs_all widened(const one_vs_all& x, const std::vector<std::string>& more) {
  auto result = x;
  for (auto& label : more) {
    result.classes.push_back(label);
    result.thresholds.push_back(half);
    if (!result.hints.empty())
      result.hints.push_back({label});
  }
  result.weights.assign(result.classes.size() * result.width(), 0);
  for (size_t k = 0; k < x.classes.size(); ++k)
    for (size_t i = 0; i < x.width(); ++i)
      result.weights[k * result.width() + moved_column(x, result, i)]
        = x.weights[k * x.width() + i];
  return result;
}

rows mean_of(const rows& all, size_t width, const std::vector<uint8_t>& marks,
             uint8_t mark) {
  rows result(width);
  auto n = float(
    std::max<ptrdiff_t>(1, std::count(marks.begin(), marks.end(), mark)));
  for (size_t i = 0; i < marks.size(); ++i)
    if (marks[i] == mark)
      add_scaled(result.data(), 1 / n, all.data() + i * width, width);
  return result;
}

/// Half way between the two means the head is undecided.
void start_from_means(const rows& yes, const rows& no, head_kind kind,
                      float* w) {
  auto width = yes.size();
  rows between(width);
  std::transform(yes.begin(), yes.end() - 1, no.begin(), between.begin(),
                 std::minus<>{});
  auto length = dot(between.data(), between.data(), width);
  if (length <= 0)
    return;
  auto logistic = kind == head_kind::logistic;
  auto scale = (logistic ? 2 * certainty : 1) / length;
  add_scaled(w, scale, between.data(), width);
  auto middle = (dot(between.data(), yes.data(), width)
                 + dot(between.data(), no.data(), width))
                / 2;
  w[width - 1] = (logistic ? 0 : half) - scale * middle;
}

void take_relu_steps(float* w, const rows& all, size_t width,
                     const std::vector<uint8_t>& yes,
                     const head_learner_config& cfg) {
  for (size_t round = 0; round < cfg.rounds; ++round)
    for (size_t first = 0; first < yes.size(); first += cfg.batch) {
      rows next(w, w + width);
      auto last = std::min(first + cfg.batch, yes.size());
      for (auto i = first; i < last; ++i) {
        rows one(w, w + width);
        relu_step(one.data(), all.data() + i * width, width, yes[i] != 0,
                  cfg.rate / float(last - first));
        add_scaled(next.data(), 1, one.data(), width);
        add_scaled(next.data(), -1, w, width);
      }
      std::copy(next.begin(), next.end(), w);
    }
}

} // namespace

one_vs_all with_classes_of(const one_vs_all& heads,
                           const std::vector<taught_crop>& lessons,
                           const std::vector<taught_crop>& around) {
  std::vector<std::string> more;
  auto lacks = [](const std::vector<std::string>& in, const std::string& x) {
    return std::find(in.begin(), in.end(), x) == in.end();
  };
  for (auto& x : lessons)
    if (!x.label.empty() && lacks(heads.classes, x.label)
        && lacks(more, x.label))
      more.push_back(x.label);
  auto result = widened(heads, more);
  auto known = lessons;
  for (auto& x : around) {
    known.push_back(x);
    known.back().label.clear(); // something else, most of it
  }
  auto all = rows_of(result, known);
  auto width = result.width();
  for (size_t k = heads.classes.size(); k < result.classes.size(); ++k) {
    auto yes = marks_of(known, result.classes[k]);
    start_from_means(mean_of(all, width, yes, 1), mean_of(all, width, yes, 0),
                     result.kind, result.weights.data() + k * width);
  }
  return result;
}

one_vs_all
learn(const one_vs_all& first, const std::vector<taught_crop>& lessons,
      const head_learner_config& cfg, const std::vector<taught_crop>& around) {
  if (lessons.empty() || rows_of(first, lessons).empty())
    return first;
  auto result = with_classes_of(first, lessons, around);
  auto all = rows_of(result, lessons);
  auto width = result.width();
  auto penalty = head_penalties(result, cfg.strength);
  penalty.back()
    = penalty.front(); // few labels say little of how many there are
  for (size_t k = 0; k < result.classes.size(); ++k) {
    auto yes = marks_of(lessons, result.classes[k]);
    auto named = size_t(std::count(yes.begin(), yes.end(), 1));
    auto w = result.weights.data() + k * width;
    if (result.thresholds[k] > 1 && named > few_lessons)
      result.thresholds[k] = half;
    if (result.kind == head_kind::relu) {
      take_relu_steps(w, all, width, yes, cfg);
      continue;
    }
    std::vector<uint32_t> use;
    for (uint32_t i = 0; i < lessons.size(); ++i)
      if (named > 0 || dot(w, all.data() + i * width, width) > 0)
        use.push_back(i);
    auto found = fit_logistic({all.data(), lessons.size(), width}, use, yes,
                              penalty, {w, w + width});
    std::copy(found.begin(), found.end(), w);
  }
  return result;
}

} // namespace vpaas
