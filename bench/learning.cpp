// Measures what labels do for heads on crops of the synthetic street, with the
// backbone and the heads that ship and a teacher who knows the truth: after a
// drift in light, focus and paint, with a class that appears, over a thousand
// updates, and with annotators who are wrong.
//
//   bench_learning [--seeds=5] [--seconds=60] [--updates=1000] [--json]
//                  [--only=drift|new_class|updates|annotators]

#include "measure.hpp"
#include "runtime/evaluation/light_desk.hpp"
#include "runtime/learning/crop_ranking.hpp"
#include "runtime/learning/training.hpp"
#include "runtime/nn/environment.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/vision/street.hpp"
#include "street_crops.hpp"
#include "targets.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace vpaas;

namespace {

using bench::calm;
using bench::crops;
using bench::drifted;
using bench::need;
using bench::school;

constexpr size_t most_labels = 50;
constexpr size_t at_once = 5; // labels from one ranking

std::string name_of(const one_vs_all& heads, const float* row) {
  auto label = heads.name(row).label;
  return label < 0 ? "" : heads.classes[size_t(label)];
}

double accuracy(const one_vs_all& heads, const crops& xs) {
  auto rows = rows_of(heads, xs);
  double right = 0;
  for (size_t i = 0; i < xs.size(); ++i)
    right += name_of(heads, rows.data() + i * heads.width()) == xs[i].label;
  return xs.empty() ? 0 : right / double(xs.size());
}

double f1_of(const one_vs_all& heads, const crops& xs,
             const std::string& label) {
  auto rows = rows_of(heads, xs);
  match_counts counts;
  for (size_t i = 0; i < xs.size(); ++i) {
    auto said = name_of(heads, rows.data() + i * heads.width()) == label;
    auto is = xs[i].label == label;
    counts.right += said && is;
    counts.wrong += said && !is;
    counts.missed += is && !said;
  }
  return counts.f1();
}

/// Chooses what is labelled next: indices of `pool`.
using chooser = std::function<std::vector<size_t>(
  const one_vs_all& live, const crops& pool, const crops& known)>;

std::vector<size_t> by_ranking(const one_vs_all& live, const crops& pool,
                               const crops& known) {
  auto rows = rows_of(live, pool);
  std::vector<rankable_crop> xs;
  for (size_t i = 0; i < pool.size(); ++i)
    xs.push_back({pool[i].features,
                  uncertainty_of(live.scores(rows.data() + i * live.width()),
                                 live.thresholds),
                  caf::timespan{0}});
  std::vector<std::vector<float>> labelled;
  for (auto& x : known)
    labelled.push_back(x.features);
  crop_ranking_config cfg;
  cfg.most = at_once;
  return rank_crops(xs, labelled, cfg);
}

chooser by_chance(uint32_t seed) {
  return [random = std::minstd_rand{seed}](const one_vs_all&, const crops& pool,
                                           const crops&) mutable {
    std::vector<size_t> result;
    while (result.size() < std::min(at_once, pool.size()))
      if (auto i = random() % pool.size();
          std::find(result.begin(), result.end(), i) == result.end())
        result.push_back(i);
    return result;
  };
}

/// What labels did.
struct lesson_curve {
  std::vector<double> accuracy; ///< after 0, 5, 10, ... labels
  crops known;
  one_vs_all live;
};

lesson_curve curve(const one_vs_all& first, crops pool, const crops& test,
                   chooser choose, const training_config& how = {}) {
  training uut{first, first};
  lesson_curve result;
  auto& known = result.known;
  auto around = pool;
  result.accuracy.push_back(accuracy(first, test));
  while (known.size() < most_labels && !pool.empty()) {
    auto chosen = choose(uut.live(), pool, known);
    std::sort(chosen.rbegin(), chosen.rend());
    for (auto i : chosen) {
      known.push_back(pool[i]);
      pool.erase(pool.begin() + ptrdiff_t(i));
      uut.teach(known, how, around);
    }
    result.accuracy.push_back(accuracy(uut.live(), test));
  }
  result.live = uut.live();
  return result;
}

/// How much of the loss labels bring back.
struct drift_score {
  double was = 0; ///< accuracy before the drift
  double fell = 0;

  double back(double now) const {
    return (now - fell) / std::max(was - fell, 1e-9);
  }
};

/// A camera drifts; its crops are labelled, and what it sees later is named.
/// The same heads on another street say whether they know more than this one.
/// The loss is that of first heads in whatever light there is.
bench::json drift_of(school& in, uint64_t seed) {
  light_desk light, other_light;
  auto before = in.see_later(calm(seed, in.seconds), light);
  auto pool = in.see(drifted(seed, in.seconds), light);
  auto test = in.see_later(drifted(seed, in.seconds), light);
  auto as_it_is = in.see_later_as_it_is(drifted(seed, in.seconds));
  in.see(drifted(seed + 50, in.seconds), other_light);
  auto elsewhere = in.see_later(drifted(seed + 50, in.seconds), other_light);
  drift_score here{accuracy(in.first, before), accuracy(in.first, as_it_is)};
  drift_score there{
    accuracy(in.first, in.see(calm(seed + 50, in.seconds))),
    accuracy(in.first, in.see_later_as_it_is(drifted(seed + 50, in.seconds)))};
  auto ranked = curve(in.first, pool, test, by_ranking);
  auto random = curve(in.first, pool, test, by_chance(uint32_t(seed)));
  auto dark = curve(in.first, in.see_as_it_is(drifted(seed, in.seconds)),
                    as_it_is, by_ranking);
  auto relu = curve(in.relu_heads(before), pool, test, by_ranking).accuracy;
  auto all = accuracy(learn(in.first, pool, {}, pool), test);
  auto ungated = accuracy(learn(in.first, ranked.known, {}, pool), test);
  return {{"before_drift", here.was},
          {"fell_to", here.fell},
          {"crops", pool.size()},
          {"ranked", ranked.accuracy},
          {"random", random.accuracy},
          {"relu", relu},
          {"back_by_light", here.back(ranked.accuracy.front())}, // no label
          {"back_ranked", here.back(ranked.accuracy.back())},
          {"back_ranked_in_the_dark", here.back(dark.accuracy.back())},
          {"in_the_dark", dark.accuracy},
          {"back_random", here.back(random.accuracy.back())},
          {"back_relu", here.back(relu.back())},
          {"back_without_gate", here.back(ungated)},
          {"back_all_labels", here.back(all)}, // what the last layer can do
          {"back_elsewhere", there.back(accuracy(ranked.live, elsewhere))}};
}

bench::json measure_drift(school& in, uint64_t seeds) {
  bench::json result;
  std::map<std::string, double> means;
  double worst = 1;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    auto x = drift_of(in, seed);
    for (auto& [key, value] : x.items())
      if (key.rfind("back_", 0) == 0)
        means[key] += value.get<double>() / double(seeds);
    worst = std::min(worst, x["back_ranked"].get<double>());
    std::cerr << "seed " << seed << ": " << x << '\n';
    result["seed " + std::to_string(seed)] = std::move(x);
  }
  for (auto& [key, value] : means)
    result[key + "_mean"] = value;
  result["back_ranked_worst"] = worst;
  return result;
}

bench::json measure_new_class(school& in, uint64_t seeds) {
  bench::json result;
  auto name = street::labels().back();
  double worst = 1;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    auto cfg = calm(seed, in.seconds);
    cfg.new_class_at = 0;
    auto pool = in.see(cfg);
    cfg.seed = seed + 50;
    auto test = in.see(cfg);
    training uut{in.first, in.first};
    crops known;
    std::vector<double> f1{f1_of(uut.live(), test, name)};
    for (auto& x : pool)
      if (x.label == name && known.size() < 10) {
        known.push_back(x);
        uut.teach(known, {}, pool);
        f1.push_back(f1_of(uut.live(), test, name));
      }
    auto there = std::count_if(test.begin(), test.end(),
                               [&](auto& x) { return x.label == name; });
    result["seed " + std::to_string(seed)]
      = {{"f1", f1},
         {"tested", there},
         {"all_before", accuracy(in.first, test)},
         {"all_after", accuracy(uut.live(), test)}};
    worst = std::min(worst, f1.back());
  }
  result["f1_worst"] = worst;
  return result;
}

/// By how much a class of what is learnt from lost at most.
double worst_loss(const one_vs_all& before, const one_vs_all& now,
                  const crops& xs) {
  double result = 0;
  for (auto& x : judge(before, now, xs).classes)
    result = std::max(result,
                      (double(x.before) - double(x.now)) / double(x.held_out));
  return result;
}

bench::json measure_updates(school& in, size_t updates) {
  crops pool;
  for (uint64_t seed = 1; pool.size() < updates && seed < 20; ++seed)
    for (auto& x : in.see(drifted(seed, in.seconds)))
      pool.push_back(std::move(x));
  auto test = in.see(drifted(60, in.seconds));
  crops around{pool.begin(),
               pool.begin() + ptrdiff_t(std::min<size_t>(200, pool.size()))};
  training uut{in.first, in.first};
  crops known;
  size_t live = 0, refused = 0, worse = 0;
  double lost = 0, spent = 0, slowest = 0, dropped = 0;
  auto best = accuracy(in.first, test);
  for (size_t i = 0; i < std::min(updates, pool.size()); ++i) {
    known.push_back(pool[i]);
    auto before = uut.live();
    auto began = bench::seconds();
    auto step = uut.teach(known, {}, around);
    auto took = bench::seconds() - began;
    spent += took;
    slowest = std::max(slowest, took);
    if (!step.verdict.passed) {
      ++refused;
      continue;
    }
    ++live;
    worse += step.verdict.now < step.verdict.before;
    std::vector<choosable_lesson> all;
    for (auto& x : known)
      all.push_back({x.id, x.label});
    crops held_out;
    for (auto k : choose_lessons(all).held_out)
      held_out.push_back(known[k]);
    lost = std::max(lost, worst_loss(before, uut.live(), held_out));
    auto now = accuracy(uut.live(), test);
    dropped = std::max(dropped, best - now);
    best = std::max(best, now);
  }
  return {{"updates", known.size()},
          {"went_live", live},
          {"refused", refused},
          {"worse", worse},
          {"class_loss_worst", lost},
          {"test_loss_worst", dropped}, // against the best so far, elsewhere
          {"accuracy_before", accuracy(in.first, test)},
          {"accuracy_after", accuracy(uut.live(), test)},
          {"ms_mean", spent / double(known.size()) * 1000},
          {"ms_max", slowest * 1000}};
}

bench::json annotators_of(school& in, uint64_t seed) {
  light_desk light, other_light;
  auto pool = in.see(drifted(seed, in.seconds), light);
  auto test = in.see_later(drifted(seed, in.seconds), light);
  auto around = pool; // crops come on while people label the first ones
  pool.resize(std::min<size_t>(pool.size(), 200));
  std::minstd_rand random{uint32_t(seed)};
  auto careless = pool, spoiled = pool,
       one_minded = in.see(drifted(seed + 50, in.seconds), other_light);
  for (auto& x : careless)
    if (random() % 5 == 0)
      x.label = in.first.classes[random() % in.first.classes.size()];
  one_minded.resize(std::min<size_t>(one_minded.size(), 100));
  for (auto& x : one_minded) {
    x.label = "car";
    x.by = "of one mind";
  }
  auto taught_by = [&](const crops& xs, size_t from, training& to) {
    for (auto n = from; n <= xs.size(); n += 4)
      to.teach({xs.begin(), xs.begin() + ptrdiff_t(n)}, {}, around);
    return accuracy(to.live(), test);
  };
  training good{in.first, in.first}, poor = good, both = good;
  auto right = taught_by(pool, 4, good);
  auto wrong_fifth = taught_by(careless, 4, poor);
  taught_by(pool, 4, both);
  spoiled.insert(spoiled.end(), one_minded.begin(), one_minded.end());
  auto with_cars = taught_by(spoiled, pool.size() + 4, both);
  both.teach(pool, {}, around); // his labels are withdrawn
  return {{"untaught", accuracy(in.first, test)},
          {"all_right", right},
          {"a_fifth_wrong", wrong_fifth},
          {"a_fifth_wrong_gain", wrong_fifth - accuracy(in.first, test)},
          {"everything_is_a_car", with_cars},
          {"lost_by_cars", right - with_cars},
          {"withdrawn", accuracy(both.live(), test)}};
}

/// The worst of all seeds in what counts.
bench::json measure_annotators(school& in, uint64_t seeds) {
  bench::json result;
  double gain = 1, lost = -1;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    auto x = annotators_of(in, seed);
    gain = std::min(gain, x["a_fifth_wrong_gain"].get<double>());
    lost = std::max(lost, x["lost_by_cars"].get<double>());
    result["seed " + std::to_string(seed)] = std::move(x);
  }
  result["a_fifth_wrong_gain"] = gain;
  result["lost_by_cars"] = lost;
  return result;
}

} // namespace

int main(int argc, char** argv) try {
  ensure_environment(argv);
  auto seeds = std::stoul(bench::option(argc, argv, "seeds", "5"));
  auto updates = std::stoul(bench::option(argc, argv, "updates", "1000"));
  auto models = default_zoo();
  school in{
    need(crop_embedder::load(need(models.locate("street-backbone")), {})),
    need(read_heads(models, "street-heads")),
    std::stod(bench::option(argc, argv, "seconds", "60"))};
  auto only = bench::option(argc, argv, "only", "");
  bench::json report;
  auto measure = [&](const char* name, auto f) {
    if (only.empty() || only == name)
      report[name] = f();
  };
  measure("drift", [&] { return measure_drift(in, seeds); });
  measure("new_class", [&] { return measure_new_class(in, seeds); });
  measure("updates", [&] { return measure_updates(in, updates); });
  measure("annotators", [&] { return measure_annotators(in, seeds); });
  return bench::finish(report, "learning", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_learning: " << x.what() << '\n';
  return 1;
}
