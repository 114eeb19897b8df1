// Two versions of a model that are deployed in turn, from a backend over the
// network to a cloud that answers cameras of a fog: backend, fog and cloud are
// real processes. Run it from the project's folder.
//
//   bench_hot_swaps [--swaps=1000] [--streams=2] [--pause-ms=1000] [--json]
//
// The versions have the same weights and other names for what they find, so
// that each result says which one looked. A swap is over when the cloud says
// that the version serves. `mixed` are results with names of both, `wrong`
// those of pictures that were filmed and answered (`judged`) while one version
// served, and that the other one looked at. A keyframe is lost where the ledger
// lacks a number between the first and the last of its stream. Growth of memory
// is that of the second half of the swaps.

#include "deployed_nodes.hpp"
#include "targets.hpp"

using namespace vpaas;
using bench::json;
using bench::must;
using bench::seconds;

namespace {

struct plan : bench::deployed_wishes {
  int swaps = 0;
  double pause = 0; ///< seconds
};

plan read_plan(int argc, char** argv) {
  auto number = [&](const char* name, const char* fallback) {
    return std::stoi(bench::option(argc, argv, name, fallback));
  };
  plan x;
  x.period = "100ms";
  x.swaps = number("swaps", "1000");
  x.pause = number("pause-ms", "1000") / 1000.;
  for (int i = 0; i < number("streams", "2"); ++i)
    x.streams.push_back("cam-" + std::to_string(i + 1));
  return x;
}

// -- results ------------------------------------------------------------------

/// A result that the cloud located, and which versions it names.
struct seen_result {
  double captured = 0, arrived = 0; ///< seconds of the steady clock
  bool first = false, second = false;
};

/// Hears all results. Any thread.
class results_log {
public:
  void add(const std::vector<frame_result>& xs) {
    std::lock_guard<std::mutex> lock{mutex_};
    for (auto& x : xs) {
      ++results_;
      if (x.located != named_by::cloud) {
        ++by_fog_;
        continue;
      }
      seen_result y{bench::steady(x.captured), seconds()};
      for (auto& z : x.objects)
        (z.label.rfind("1-", 0) == 0 ? y.first : y.second) = true;
      seen_.push_back(y);
    }
  }

  std::vector<seen_result> seen() const {
    std::lock_guard<std::mutex> lock{mutex_};
    return seen_;
  }

  json counts() const {
    std::lock_guard<std::mutex> lock{mutex_};
    return {{"results", results_}, {"by_the_fog", by_fog_}};
  }

private:
  mutable std::mutex mutex_;
  std::vector<seen_result> seen_;
  uint64_t results_ = 0;
  uint64_t by_fog_ = 0;
};

/// While one version served, and nobody had asked for the other.
struct reign {
  int version = 0;
  double from = 0, to = 0;
};

json judge_results(const std::vector<seen_result>& xs,
                   const std::vector<reign>& reigns) {
  uint64_t mixed = 0, wrong = 0, judged = 0;
  for (auto& x : xs) {
    mixed += x.first && x.second ? 1 : 0;
    auto i = std::find_if(reigns.begin(), reigns.end(), [&](auto& y) {
      return y.from <= x.captured && x.arrived <= y.to;
    });
    if (i == reigns.end() || (!x.first && !x.second))
      continue;
    ++judged;
    wrong += (i->version == 1 ? x.second : x.first) ? 1 : 0;
  }
  return {{"mixed", mixed}, {"wrong", wrong}, {"judged", judged}};
}

// -- the run ------------------------------------------------------------------

class swapper {
public:
  swapper(bench::deployed_nodes& nodes, const plan& want)
    : nodes_(nodes), want_(want) {
    auto listener = [to = heard_](caf::event_based_actor*) -> caf::behavior {
      return {[to](result_atom, const std::vector<frame_result>& xs) {
        to->add(xs);
      }};
    };
    listener_ = nodes_.eye.sys.spawn(listener);
    auto& tool = nodes_.eye.tool;
    auto from = must(
      tool.actor<results_actor>(nodes_.eye.fog(), std::string{"results"}));
    must(tool.tell(from, subscribe_atom_v, std::string{}, listener_));
    backend_ = must(tool.node(nodes_.backend.address, tier::backend));
    cloud_ = must(tool.node(nodes_.cloud.address, tier::cloud));
    store_ = must(tool.actor<registry_actor>(backend_, registry_name));
  }

  ~swapper() {
    caf::anon_send_exit(listener_, caf::exit_reason::kill);
  }

  void run() {
    for (auto version : {1, 2})
      nodes_.register_version(version);
    for (int i = 0; i < want_.swaps; ++i) {
      swap(i % 2 + 1);
      bench::rest(want_.pause);
      if (i % std::max(want_.swaps / 20, 1) == 0)
        weigh();
    }
    reigns_.back().to = seconds();
    weigh();
  }

  /// Ends the cameras and waits for what is under way.
  void drain() {
    bench::rest(1);
    for (auto& name : want_.streams) {
      auto x = must(nodes_.eye.stream_status(name));
      bench::keyframe_counts counts{x};
      dropped_[name] = counts.dropped;
    }
    nodes_.fog.stop();
  }

  json report() const {
    auto result = judge_results(heard_->seen(), reigns_);
    result.update(heard_->counts());
    result["swaps"] = took_.size();
    for (auto p : {50, 99, 100})
      result["swap_ms"]["p" + std::to_string(p)]
        = 1000 * bench::quantile(took_, p / 100.);
    for (auto& name : want_.streams) {
      auto kept = nodes_.kept(name);
      auto dropped = dropped_.find(name);
      result["streams_seen"][name]
        = {{"kept", kept.size()},
           {"lost", bench::gaps(kept, want_.every)},
           {"doubled", bench::doubles(kept)},
           {"dropped", dropped == dropped_.end() ? 0 : dropped->second}};
    }
    for (auto& [name, xs] : memory_) {
      auto half = xs[xs.size() / 2];
      result["memory"][name] = {{"half_mb", half},
                                {"end_mb", xs.back()},
                                {"growth_mb", xs.back() - half}};
    }
    return result;
  }

private:
  void swap(int version) {
    auto begun = seconds();
    if (!reigns_.empty())
      reigns_.back().to = begun;
    must(nodes_.deploy(store_, version));
    if (!bench::rest_until([&] { return serves(version); }, 120))
      throw std::runtime_error(bench::version_of(version)
                               + " does not serve: " + problem_);
    took_.push_back(seconds() - begun);
    reigns_.push_back({version, seconds(), seconds()});
  }

  bool serves(int version) {
    bench::rest(.02);
    auto artifact = bench::version_of(version);
    auto slots = nodes_.slots(cloud_);
    if (!slots)
      return false;
    for (auto& x : *slots) {
      problem_ = x.problem;
      if (x.artifact == artifact && x.state == slot_state::refused)
        throw std::runtime_error(artifact + " was refused: " + x.problem);
      if (x.artifact == artifact && x.state == slot_state::serving)
        return true;
    }
    return false;
  }

  void weigh() {
    for (auto* x : {&nodes_.backend, &nodes_.cloud, &nodes_.fog})
      memory_[x->name()].push_back(double(x->usage().rss_bytes) / 1e6);
  }

  bench::deployed_nodes& nodes_;
  const plan& want_;
  std::shared_ptr<results_log> heard_ = std::make_shared<results_log>();
  caf::actor listener_;
  found_node backend_, cloud_;
  registry_actor store_;
  std::vector<reign> reigns_;
  std::vector<double> took_;
  std::map<std::string, std::vector<double>> memory_; ///< MB
  std::map<std::string, uint64_t> dropped_;
  std::string problem_;
};

json measure(const plan& want) {
  bench::deployed_nodes nodes{want};
  json result;
  swapper go{nodes, want};
  auto from = seconds();
  try {
    bench::rest(3); // all streams have begun
    go.run();
    go.drain();
  } catch (const std::exception& problem) {
    result["error"] = problem.what();
  }
  result.update(go.report());
  result["seconds"] = seconds() - from;
  return result;
}

} // namespace

int main(int argc, char** argv) {
  bench::take_signals();
  json report;
  try {
    must(start_log({"error", "text", "", "bench"}));
    report = measure(read_plan(argc, argv));
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  return bench::finish(report, "hot_swaps", argc, argv);
}
