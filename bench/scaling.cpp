// Measures how workers come and go with the load [VI-D, Fig. 16]: the rule of
// runtime/control/scaling against load in steps, on simulated devices in
// virtual time. Devices and jobs are made up: a job takes 20 to 40 ms, a worker
// 6 s to start, and jobs come by chance (Poisson). The oracle knows the load of
// each step beforehand and has, from its first moment to its last, the fewest
// workers with which p95 stays within 1.5 times that of an unloaded pool; those
// that start cost it nothing.
//
//   bench_scaling [--devices=64] [--seconds=300] [--seeds=5] [--settle=30]
//   [--json]
//
// `workers` of a report are moments and workers, for a plot. A turn is a change
// from more workers to fewer, or back.

#include "simulated_pool.hpp"
#include "targets.hpp"

#include <map>

using namespace vpaas;
using nlohmann::json;

namespace {

constexpr size_t queue_size = 1024;
const std::vector<double> factors{1, 2, 4, 8, 4, 1};

struct options {
  uint32_t devices = 64;
  double seconds = 300, settle = 30;
  uint64_t seeds = 5;
  bench::simulated_device device;

  double mean_service() const {
    auto& s = device.service;
    double sum = 0;
    for (size_t i = 1; i < s.size(); ++i)
      sum += (s[i - 1] + s[i]) / 2;
    return sum / double(s.size() - 1);
  }

  /// Of the single load: eight times as much keeps half of the devices busy.
  double rate() const {
    return devices / 16. / mean_service();
  }
};

double p95(const std::vector<bench::simulated_pool::job_done>& done,
           double begin, double end) {
  std::vector<double> xs;
  for (auto& x : done)
    if (x.at >= begin && x.at < end)
      xs.push_back(x.took);
  return bench::quantile(std::move(xs), .95);
}

/// With as many workers as that, all the time.
double p95_of_fixed(const options& opt, double rate, uint32_t workers) {
  bench::simulated_pool uut{opt.device, queue_size, workers, 99};
  uut.begin_with(workers);
  uut.run({{rate, opt.seconds}}, 1,
          [=](double, const pool_load&) { return workers; });
  return p95(uut.done, 0, opt.seconds);
}

double unloaded(const options& opt) {
  return p95_of_fixed(opt, .01 / opt.mean_service(), opt.devices);
}

uint32_t fewest(const options& opt, double rate, double bound) {
  auto n = uint32_t(rate * opt.mean_service()) + 1;
  while (n < opt.devices && p95_of_fixed(opt, rate, n) > bound)
    ++n;
  return n;
}

/// From the beginning of a step until p95 of every second was within the bound,
/// of its first minute.
double settled_after(const bench::simulated_pool& uut, double begin, double end,
                     double bound) {
  std::vector<std::vector<double>> seconds(size_t(std::min(end - begin, 60.)));
  for (auto& x : uut.done)
    if (x.at >= begin && size_t(x.at - begin) < seconds.size())
      seconds[size_t(x.at - begin)].push_back(x.took);
  for (auto i = seconds.size(); i > 0; --i)
    if (bench::quantile(seconds[i - 1], .95) > bound)
      return double(i);
  return 0;
}

json run(const options& opt, uint64_t seed, double quiet,
         const std::map<double, uint32_t>& oracle) {
  std::vector<bench::load_step> steps;
  steps.reserve(factors.size());
  for (auto x : factors)
    steps.push_back({x * opt.rate(), opt.seconds});
  scaling_config cfg;
  cfg.most = opt.devices;
  scaling rule{cfg, 1};
  bench::simulated_pool uut{opt.device, queue_size, opt.devices, seed};
  uut.begin_with(1);
  uut.run(steps, 1, bench::rule_of(rule));
  json result;
  double known = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    auto begin = double(i) * opt.seconds, end = begin + opt.seconds;
    known += oracle.at(factors[i]) * opt.seconds;
    result["steps"].push_back(
      {{"load", factors[i]},
       {"p95_over_unloaded", p95(uut.done, begin + opt.settle, end) / quiet},
       {"turns", bench::turns(uut.changes, begin, end)},
       {"settled_after_s", settled_after(uut, begin, end, 1.5 * quiet)},
       {"workers_of_oracle", oracle.at(factors[i])}});
  }
  for (auto& x : uut.changes)
    result["workers"].push_back({x.at, x.workers});
  result["worker_seconds"] = uut.worker_seconds;
  result["cost_over_oracle"] = uut.worker_seconds / known;
  result["lost"] = double(uut.lost) / double(uut.done.size() + uut.lost);
  result["warm_for_cold"] = uut.warm_for_cold;
  return result;
}

} // namespace

int main(int argc, char** argv) {
  auto number = [=](const char* name, const char* usual) {
    return std::stod(bench::option(argc, argv, name, usual));
  };
  options opt;
  opt.devices = uint32_t(number("devices", "64"));
  opt.seconds = number("seconds", "300");
  opt.settle = number("settle", "30");
  opt.seeds = uint64_t(number("seeds", "5"));
  auto quiet = unloaded(opt);
  std::map<double, uint32_t> oracle;
  for (auto x : factors)
    oracle[x] = fewest(opt, x * opt.rate(), 1.5 * quiet);
  json report{{"simulated", true},
              {"devices", opt.devices},
              {"unloaded_p95_ms", 1e3 * quiet}};
  for (uint64_t seed = 1; seed <= opt.seeds; ++seed)
    report["seeds"][std::to_string(seed)] = run(opt, seed, quiet, oracle);
  return bench::finish(std::move(report), "scaling", argc, argv);
}
