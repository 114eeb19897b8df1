// Batching of crops under a bursty arrival: how much of the ideal throughput is
// reached, and how long crops wait for others.
//
//   bench_nn_batching [--seconds=600] [--seed=7] [--threads=1] [--json]
//
// The network's time for each size of batch is measured; arrivals and clock are
// simulated with it, so that a shared machine disturbs the measurement only.
// Bursts come as a Poisson process; each brings 1 to 12 crops, as one frame's
// regions do.

#include "report.hpp"
#include "runtime/error.hpp"
#include "runtime/nn/environment.hpp"
#include "runtime/nn/network.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/policy/batch_queue.hpp"
#include "targets.hpp"

#include <cstdlib>
#include <map>
#include <random>

using namespace vpaas;
using json = nlohmann::json;

namespace {

using time_point = std::chrono::nanoseconds; ///< of the simulated clock

time_point from_seconds(double x) {
  return time_point{int64_t(x * 1e9)};
}

class crops_network {
public:
  crops_network(const located_model& model, int threads) {
    load_options options;
    options.threads = threads;
    options.type = model.card.type;
    auto loaded = load_network(model, options);
    if (!loaded)
      throw std::runtime_error(describe(loaded.error()));
    net_ = std::move(*loaded);
    input_ = model.card.input;
  }

  /// Seconds that the network takes for `n` crops.
  double run(int n) {
    batch_.resize(n, input_.height, input_.width);
    auto start = bench::seconds();
    if (auto x = net_->run(batch_); !x)
      throw std::runtime_error(describe(x.error()));
    return bench::seconds() - start;
  }

private:
  network_ptr net_;
  card_input input_;
  input_batch batch_;
};

/// Seconds that the network takes by size of the batch: medians.
std::map<int, double> service_times(crops_network& net) {
  std::map<int, double> result;
  for (int n : {1, 2, 3, 4, 5, 6, 7, 8, 16, 32}) {
    std::vector<double> times;
    times.reserve(7);
    for (int i = 0; i < 7; ++i)
      times.push_back(net.run(n));
    result[n] = bench::quantile(times, .5);
  }
  return result;
}

struct outcome {
  double throughput = 0; ///< crops a second while the network was busy
  double mean_batch = 0;
  std::vector<double> waits; ///< ms that crops waited while it was idle
};

/// @param rate crops a second that arrive
outcome simulate(const std::map<int, double>& service, batch_limits limits,
                 double rate, double seconds, unsigned seed) {
  std::mt19937 random(seed);
  std::exponential_distribution<double> gap(rate / 6.5);
  std::uniform_int_distribution<int> size(1, 12);
  struct crop {
    time_point arrived;
  };
  batch_queue<crop, time_point> queue{limits};
  outcome result;
  time_point now{0}, free_since{0};
  auto next = from_seconds(gap(random));
  double busy = 0;
  size_t crops = 0, batches = 0;
  while (now < from_seconds(seconds)) {
    // The next thing that happens: a burst, or the oldest crop is due.
    auto due = queue.due();
    now = std::max(now, due && *due < next ? *due : next);
    if (now >= next) {
      for (auto n = size(random); n > 0; --n)
        queue.push({next}, 1, next);
      next += from_seconds(gap(random));
    }
    while (queue.ready(now) && now < from_seconds(seconds)) {
      auto batch = queue.take();
      for (auto& x : batch)
        result.waits.push_back(
          double((now - std::max(x.arrived, free_since)).count()) / 1e6);
      auto took = service.at(int(batch.size()));
      busy += took;
      crops += batch.size();
      ++batches;
      now += from_seconds(took);
      free_since = now;
      while (next <= now) { // came while the network ran
        for (auto n = size(random); n > 0; --n)
          queue.push({next}, 1, next);
        next += from_seconds(gap(random));
      }
    }
  }
  result.throughput = double(crops) / busy;
  result.mean_batch = double(crops) / double(std::max<size_t>(batches, 1));
  return result;
}

} // namespace

int main(int argc, char** argv) {
  ensure_environment(argv);
  auto seconds = std::atof(bench::option(argc, argv, "seconds", "600").c_str());
  auto seed = std::atoi(bench::option(argc, argv, "seed", "7").c_str());
  auto threads = std::atoi(bench::option(argc, argv, "threads", "1").c_str());
  json report;
  try {
    auto model = default_zoo().locate("mobilenet_v2");
    if (!model)
      throw std::runtime_error(describe(model.error()));
    for (auto type : {number_type::fp32, number_type::bf16}) {
      model->card.type = type;
      crops_network net{*model, threads};
      auto service = service_times(net);
      double ideal = 0;
      json& out = report[to_string(type)];
      for (auto& [n, took] : service) {
        out["crops_per_s_by_batch"][std::to_string(n)] = n / took;
        if (n <= 8)
          ideal = std::max(ideal, n / took);
      }
      for (auto load : {.3, .6, .8, .95}) {
        auto x = simulate(service, {8, std::chrono::milliseconds(20)},
                          load * ideal, seconds, unsigned(seed));
        auto& row = out["load_" + std::to_string(int(load * 100))];
        row["share_of_ideal"] = x.throughput / ideal;
        row["mean_batch"] = x.mean_batch;
        row["added_ms_p50"] = bench::quantile(x.waits, .5);
        row["added_ms_max"] = bench::quantile(x.waits, 1);
      }
    }
  } catch (const std::exception& x) {
    report["error"] = x.what();
  }
  return bench::finish(report, "nn_batching", argc, argv);
}
