// Measures how streams are placed on fogs and clouds, in virtual time: the rule
// of runtime/control/placement on made-up cameras, nodes and ladders.
//
// `small`: few streams at nodes that have too little for them, against the best
// placement there is: all cases together, and the worst of them, where what is
// there is hardly enough for the poorest copies. `day`: cameras whose load
// follows the hours, nodes that fail and come back; each event is a decision.
// `tenfold`: the same day with ten times as many of all.
//
//   bench_placement [--cameras=10000] [--steps=48] [--cases=200] [--only=PART]
//   [--json]
//
// Values are F1 less what lag and devices cost, summed over streams. `of_bound`
// compares with what no placement can exceed (a relaxation).

#include "exact_placement.hpp"
#include "measure.hpp"
#include "targets.hpp"

#include <cmath>
#include <fstream>
#include <random>

using namespace vpaas;
using nlohmann::json;

namespace {

/// Pipelines from the best copy to the fog alone. Quality as the demo's table,
/// costs of a keyframe as a small detector's, two keyframes a second.
ladder usual_ladder() {
  return {{"high_low, qp 30, scale 1", .95, 260, .02, .016, 260},
          {"high_low, qp 36, scale .8", .92, 230, .02, .012, 110},
          {"high_low, qp 40, scale .6", .85, 210, .02, .008, 50},
          {"high_low, every other keyframe", .74, 210, .01, .004, 25},
          {"fog_only", .60, 150, .06, 0, 0},
          {"fog_only, every other keyframe", .45, 150, .03, 0, 0}};
}

struct world {
  placement rule;
  std::vector<fog_site> fogs;
  std::vector<cloud_site> clouds;
  std::vector<uint32_t> streams;
  std::vector<double> phases; ///< of the streams' days

  world() : rule({}, {usual_ladder()}) {
    // nop
  }
};

/// 50 cameras a fog, 25 fogs a cloud of 8 devices: too little by day.
void build(world& x, size_t cameras, std::mt19937_64& random) {
  auto between = [&](double a, double b) {
    return std::uniform_real_distribution<double>{a, b}(random);
  };
  auto fogs = std::max<size_t>(cameras / 50, 1);
  auto clouds = std::max<size_t>(fogs / 25, 1);
  for (size_t c = 0; c < clouds; ++c) {
    x.clouds.push_back({8});
    x.rule.add_cloud(x.clouds.back());
  }
  for (size_t f = 0; f < fogs; ++f) {
    fog_site site{between(1.2, 2.5), between(3000, 12000), {}};
    for (size_t k = 0; k < std::min<size_t>(4, clouds); ++k)
      site.ways.push_back({uint32_t((f * clouds / fogs + k) % clouds),
                           10 + 25 * double(k) + between(0, 10)});
    x.fogs.push_back(site);
    x.rule.add_fog(site);
  }
  for (size_t i = 0; i < cameras; ++i) {
    auto f = uint32_t(i * fogs / cameras); // a fog tells of all its streams
    stream_wants s;
    s.weight = i % 10 == 0 ? 2 : 1;
    s.load = between(.2, .5);
    s.fogs = {f, uint32_t((f + 1) % fogs), uint32_t((f + fogs - 1) % fogs)};
    if (fogs < 3)
      s.fogs = {f};
    if (i % 7 == 0)
      s.most_ms = 350;
    if (i % 11 == 0)
      s.least_quality = .7;
    x.streams.push_back(x.rule.add(s));
    x.phases.push_back(between(-.06, .06) + double(f) / double(fogs) * .2);
  }
}

/// Times of decisions, by what happened.
class decisions {
public:
  template <class F>
  void time(const std::string& what, F&& f) {
    auto begin = bench::seconds();
    f();
    took_[what].push_back(1e6 * (bench::seconds() - begin));
  }

  json report() const {
    json result;
    for (auto& [what, xs] : took_)
      result[what] = {{"count", xs.size()},
                      {"p50_us", bench::quantile(xs, .5)},
                      {"p99_us", bench::quantile(xs, .99)},
                      {"max_us", bench::quantile(xs, 1)}};
    return result;
  }

  size_t count() const {
    size_t result = 0;
    for (auto& [what, xs] : took_)
      result += xs.size();
    return result;
  }

private:
  std::map<std::string, std::vector<double>> took_;
};

double resident_mb() {
  std::ifstream in{"/proc/self/statm"};
  double all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4096 / 1e6;
}

/// Streams that changed their node and were not on that one.
template <class F>
uint64_t strangers(world& x, F was_there) {
  uint64_t result = 0;
  for (auto& c : x.rule.take_changes()) {
    auto moved = c.from.is_taken()
                 && (c.to.fog != c.from.fog
                     || (c.from.cloud != seat::none && c.to.cloud != seat::none
                         && c.to.cloud != c.from.cloud));
    result += moved && !was_there(c.from);
  }
  return result;
}

struct mean_of {
  double sum = 0, least = 1e9;
  int count = 0;

  void add(double x) {
    sum += x, least = std::min(least, x), ++count;
  }
};

json run_day(size_t cameras, int steps, bool bounds) {
  std::mt19937_64 random{7};
  world x;
  decisions timed;
  mean_of value, share;
  uint64_t moved = 0, changes = 0, most_waiting = 0;
  auto before = resident_mb();
  double work = bench::worked([&] { build(x, cameras, random); });
  x.rule.take_changes();
  auto memory = resident_mb() - before;
  auto pick = [&](size_t n) {
    return uint32_t(std::uniform_int_distribution<size_t>{0, n - 1}(random));
  };
  std::vector<uint32_t> fogs_away, clouds_away;
  for (int step = 0; step < steps; ++step) {
    std::vector<double> loads;
    for (size_t i = 0; i < cameras; ++i) {
      auto hour = double(step) / steps + x.phases[i];
      auto day = std::max(0., std::sin(2 * M_PI * (hour - .25)));
      loads.push_back(.25 + day
                      + std::uniform_real_distribution<double>{0, .2}(random));
    }
    work += bench::worked([&] {
      for (size_t i = 0; i < cameras; ++i)
        timed.time("load", [&] { x.rule.set_load(x.streams[i], loads[i]); });
    });
    changes += x.rule.take_changes().size();
    auto scale = std::max<size_t>(cameras / 10000, 1);
    work += bench::worked([&] {
      for (auto f : fogs_away)
        timed.time("return", [&] { x.rule.set_fog(f, x.fogs[f]); });
      for (auto c : clouds_away)
        timed.time("return", [&] { x.rule.set_cloud(c, x.clouds[c]); });
      for (size_t k = 0; k < 100 * scale; ++k)
        timed.time("settle", [&] { x.rule.settle(1); });
    });
    fogs_away.clear(), clouds_away.clear();
    x.rule.take_changes();
    for (size_t k = 0; k < scale; ++k) {
      fogs_away.push_back(pick(x.fogs.size()));
      auto f = fogs_away.back();
      work += bench::worked(
        [&] { timed.time("fog lost", [&] { x.rule.lose_fog(f); }); });
      moved += strangers(x, [&](const seat& s) { return s.fog == f; });
    }
    if (step % 4 == 0)
      for (size_t k = 0; k < scale; ++k) {
        clouds_away.push_back(pick(x.clouds.size()));
        auto c = clouds_away.back();
        work += bench::worked(
          [&] { timed.time("cloud lost", [&] { x.rule.lose_cloud(c); }); });
        moved += strangers(x, [&](const seat& s) { return s.cloud == c; });
      }
    most_waiting = std::max<uint64_t>(most_waiting, x.rule.waiting());
    double sum = 0;
    for (auto id : x.streams)
      sum += x.rule.value(id);
    value.add(sum / double(cameras));
    if (bounds && step % 6 == 0) {
      bench::exact_placement best{x.rule.nodes(), x.streams};
      share.add(sum / best.upper_bound(60));
    }
  }
  json result{{"cameras", cameras},
              {"fogs", x.fogs.size()},
              {"devices", 8 * x.clouds.size()},
              {"decisions", timed.report()},
              {"us_a_decision", 1e6 * work / double(timed.count() + cameras)},
              {"work_s", work},
              {"memory_mb", memory},
              {"value_a_stream",
               {{"mean", value.sum / value.count}, {"least", value.least}}},
              {"most_waiting", most_waiting},
              {"changes_by_load", changes},
              {"moved_that_were_elsewhere", moved}};
  if (bounds)
    result["of_bound"] = {{"mean", share.sum / share.count},
                          {"least", share.least}};
  return result;
}

/// Streams that come one after the other to too little of everything.
json run_small(int cases) {
  mean_of share;
  double sum = 0, sum_of_best = 0;
  for (int i = 0; i < cases; ++i) {
    std::mt19937_64 random{uint64_t(i)};
    auto between = [&](double a, double b) {
      return std::uniform_real_distribution<double>{a, b}(random);
    };
    placement rule{{}, {usual_ladder()}}, free{{}, {usual_ladder()}};
    std::vector<fog_site> fogs;
    fogs.reserve(2);
    for (int f = 0; f < 2; ++f)
      fogs.push_back({between(.05, .3),
                      between(100, 900),
                      {{0, between(10, 40)}, {1, between(10, 80)}}});
    std::vector<cloud_site> clouds{{between(.01, .06)}, {between(.01, .06)}};
    std::vector<uint32_t> streams;
    for (auto* x : {&rule, &free}) {
      for (auto& c : clouds)
        x->add_cloud(c);
      for (auto& f : fogs)
        x->add_fog(x == &rule ? f : fog_site{});
    }
    for (int s = 0; s < 9; ++s) {
      stream_wants x;
      x.weight = between(.5, 2);
      x.load = between(.5, 1.5);
      x.fogs = {uint32_t(s % 2), uint32_t(1 - s % 2)};
      streams.push_back(rule.add(x));
      free.add(x); // sits nowhere: its fogs have nothing yet
    }
    for (uint32_t f = 0; f < 2; ++f)
      free.nodes().set_fog(f, true, fogs[f]);
    for (int round = 0; round < 3; ++round)
      rule.settle(streams.size());
    double ours = 0;
    for (auto id : streams)
      ours += rule.value(id);
    auto best = bench::exact_placement{free.nodes(), streams}.best();
    sum += ours, sum_of_best += best;
    if (best > 0)
      share.add(ours / best);
  }
  return {{"cases", cases},
          {"of_best", sum / sum_of_best},
          {"of_best_least", share.least}};
}

} // namespace

int main(int argc, char** argv) {
  auto number = [=](const char* name, const char* usual) {
    return std::stoul(bench::option(argc, argv, name, usual));
  };
  auto cameras = number("cameras", "10000");
  auto steps = int(number("steps", "48"));
  auto only = bench::option(argc, argv, "only", "");
  json report{{"simulated", true}};
  if (only.empty() || only == "small")
    report["small"] = run_small(int(number("cases", "200")));
  if (only.empty() || only == "day")
    report["day"] = run_day(cameras, steps, true);
  if (only.empty() || only == "tenfold") {
    auto one = run_day(cameras, std::min(steps, 8), false);
    auto ten = run_day(10 * cameras, std::min(steps, 8), false);
    report["tenfold"] = {{"one", one},
                         {"ten", ten},
                         {"work_ratio", ten["work_s"].get<double>()
                                          / one["work_s"].get<double>()}};
  }
  return bench::finish(std::move(report), "placement", argc, argv);
}
