#include "runtime/learning/head_fit.hpp"

#include "runtime/learning/head_thresholds.hpp"
#include "runtime/learning/logistic.hpp"

#include <algorithm>
#include <tuple>

namespace vpaas {

namespace {

constexpr float off = 2; // no score is above it

using indices = std::vector<uint32_t>;

one_vs_all prototype(const head_lessons& xs, head_inputs inputs) {
  one_vs_all result;
  result.dimensions = xs.dimensions;
  result.classes = xs.classes;
  result.hints = xs.hints;
  result.inputs = inputs;
  result.weights.assign(result.classes.size() * result.width(), 0);
  result.thresholds.assign(result.classes.size(), off);
  return result;
}

/// Which run of frames each lesson is held out with.
std::vector<size_t> folds_of(const head_lessons& xs, size_t folds) {
  std::vector<size_t> first, length; // of each source
  for (size_t i = 0; i < xs.frames.size(); ++i) {
    auto source = size_t{xs.frames[i].source};
    if (source >= first.size()) {
      first.resize(source + 1, i);
      length.resize(source + 1, 0);
    }
    ++length[source];
  }
  std::vector<size_t> result;
  for (auto& x : xs.lessons) {
    auto source = size_t{xs.frames[x.frame].source};
    result.push_back((x.frame - first[source]) * folds / length[source]);
  }
  return result;
}

/// Fits one way of doing it again and again.
class fitter {
public:
  fitter(const head_lessons& xs, const head_trial& how,
         const head_fit_config& cfg)
    : xs_(xs), how_(how), cfg_(cfg), heads_(prototype(xs, how.inputs)),
      penalty_(head_penalties(heads_, how.strength)) {
    std::vector<hinted_region> places;
    for (auto& x : xs.lessons)
      places.push_back(x.place);
    rows_ = head_rows(heads_, xs.features, places);
  }

  /// Heads fitted on the lessons that `use` lists, thresholds off.
  one_vs_all fit(const indices& use) const {
    auto result = heads_;
    auto width = result.width();
    for (size_t k = 0; k < result.classes.size(); ++k) {
      std::vector<uint8_t> yes;
      for (auto& x : xs_.lessons)
        yes.push_back(x.truth == int32_t(k) ? 1 : 0);
      auto positives = std::count_if(use.begin(), use.end(),
                                     [&](uint32_t i) { return yes[i] != 0; });
      auto to = result.weights.begin() + ptrdiff_t(k * width);
      if (size_t(positives) < cfg_.min_positives) {
        *(to + ptrdiff_t(width) - 1) = -10; // never
        continue;
      }
      auto w = fit_logistic(view(), use, yes, penalty_);
      std::copy(w.begin(), w.end(), to);
    }
    return result;
  }

  /// Lessons outside of a run of frames.
  indices outside(const std::vector<size_t>& folds, size_t fold) const {
    indices result;
    for (uint32_t i = 0; i < xs_.lessons.size(); ++i)
      if (folds[i] != fold && (xs_.lessons[i].region || how_.extra))
        result.push_back(i);
    return result;
  }

  /// Scores of every region by heads that did not see its run of frames.
  held_out_scores held_out(const std::vector<size_t>& folds) const {
    held_out_scores result(xs_.lessons.size());
    for (size_t fold = 0; fold < cfg_.folds; ++fold) {
      auto heads = fit(outside(folds, fold));
      for (size_t i = 0; i < result.size(); ++i)
        if (folds[i] == fold && xs_.lessons[i].region)
          result[i] = heads.scores(view()[i]);
    }
    return result;
  }

private:
  row_view view() const {
    return {rows_.data(), xs_.lessons.size(), heads_.width()};
  }

  const head_lessons& xs_;
  const head_trial& how_;
  const head_fit_config& cfg_;
  one_vs_all heads_;
  std::vector<float> penalty_, rows_;
};

bool has_extra(const head_lessons& xs) {
  return std::any_of(xs.lessons.begin(), xs.lessons.end(),
                     [](const head_lesson& x) { return !x.region; });
}

void run(head_trial& how, const head_lessons& xs,
         const std::vector<size_t>& folds, const head_fit_config& cfg) {
  fitter uut{xs, how, cfg};
  how.thresholds = choose_thresholds(xs, uut.held_out(folds), cfg.max_harm,
                                     how.f1);
}

/// Of trials that differ by less than can be measured, the most strongly
/// regularised one.
const head_trial& best_of(const std::vector<head_trial>& xs) {
  double most = 0;
  for (auto& x : xs)
    most = std::max(most, x.f1);
  auto result = &xs.front();
  auto rank = [most](const head_trial& x) {
    return std::make_tuple(x.f1 >= most - 0.001, x.strength, x.f1);
  };
  for (auto& x : xs)
    if (rank(x) > rank(*result))
      result = &x;
  return *result;
}

std::vector<head_trial> try_all(const head_lessons& xs,
                                const head_fit_config& cfg) {
  auto folds = folds_of(xs, cfg.folds);
  std::vector<head_trial> result;
  for (auto inputs :
       {head_inputs::features, head_inputs::clues, head_inputs::both})
    for (auto strength : {1.f, 3.f}) {
      result.push_back({inputs, strength, false, 0, {}});
      run(result.back(), xs, folds, cfg);
    }
  if (has_extra(xs)) {
    auto more = best_of(result);
    more.extra = true;
    run(more, xs, folds, cfg);
    result.push_back(more);
  }
  return result;
}

} // namespace

head_fit fit_heads(const head_lessons& xs, const head_fit_config& cfg) {
  head_fit result;
  result.positives.assign(xs.classes.size(), 0);
  for (auto& x : xs.lessons)
    if (x.region) {
      ++result.regions;
      if (x.truth >= 0)
        ++result.positives[size_t(x.truth)];
    }
  result.f1_cloud = mean_f1(xs, [](size_t) { return -1; });
  result.f1_perfect = mean_f1(xs,
                              [&](size_t i) { return xs.lessons[i].truth; });
  if (result.regions > 0) {
    result.trials = try_all(xs, cfg);
    result.chosen = best_of(result.trials);
  } else {
    result.chosen.extra = true;
    result.chosen.thresholds.assign(xs.classes.size(), .5f);
  }
  indices use;
  for (uint32_t i = 0; i < xs.lessons.size(); ++i)
    if (xs.lessons[i].region || result.chosen.extra)
      use.push_back(i);
  result.heads = fitter{xs, result.chosen, cfg}.fit(use);
  result.heads.thresholds = result.chosen.thresholds;
  return result;
}

} // namespace vpaas
