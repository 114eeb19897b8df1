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

#include "chaos_nodes.hpp"
#include "messages/deployment.hpp"
#include "runtime/policy/rollout.hpp"
#include "targets.hpp"

using namespace vpaas;
using bench::json;
using bench::must;
using bench::seconds;

namespace {

constexpr const char* model = "swapped";

struct plan {
  int swaps = 0;
  double pause = 0; ///< seconds
  std::vector<std::string> streams;
  uint64_t every = 3;
  int fps = 15;
};

plan read_plan(int argc, char** argv) {
  auto number = [&](const char* name, const char* fallback) {
    return std::stoi(bench::option(argc, argv, name, fallback));
  };
  plan x;
  x.swaps = number("swaps", "1000");
  x.pause = number("pause-ms", "1000") / 1000.;
  for (int i = 0; i < number("streams", "2"); ++i)
    x.streams.push_back("cam-" + std::to_string(i + 1));
  return x;
}

std::string text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error("there is no " + path
                             + "; run this from the project's folder");
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Names begin with the number of their version.
std::string names_of_version(int version) {
  std::istringstream lines{text_of("config/models/labels/street.txt")};
  std::string result;
  for (std::string line; std::getline(lines, line);)
    result += (result.empty() ? "" : ", ") + std::to_string(version) + "-"
              + line;
  return result;
}

// -- nodes --------------------------------------------------------------------

/// The topology of a tier with these words in place of others.
std::string changed_topology(const std::string& tier, const std::string& from,
                             const std::string& to) {
  auto text = text_of("config/topologies/" + tier + ".lua");
  auto at = text.find(from);
  if (at == std::string::npos)
    throw std::runtime_error("config/topologies/" + tier + ".lua has no "
                             + from);
  return text.replace(at, from.size(), to);
}

class three_nodes {
public:
  explicit three_nodes(const plan& x)
    : backend(tier::backend, {}, "127.0.0.1",
              {{"log.file", folder.path("backend.log")},
               {"gateway.listen", ""},
               {"node.topology",
                write("backend",
                      changed_topology("backend", "{ kind = \"dispatcher\" }",
                                       "{ kind = \"dispatcher\", period = "
                                       "\"100ms\" }"))},
               {"store.folder", folder.path("backend")}}),
      cloud(tier::cloud, {}, "127.0.0.1",
            {{"log.file", folder.path("cloud.log")},
             {"node.backend", backend.address},
             {"cloud.detector", "street-backup"},
             {"node.topology",
              write("cloud", changed_topology(
                               "cloud", "{ kind = \"model_cache\" }",
                               "{ kind = \"model_cache\", period = \"100ms\" "
                               "}"))},
             {"store.folder", folder.path("cloud")}}),
      fog(tier::fog, {}, "127.0.0.1",
          {{"log.file", folder.path("fog.log")},
           {"node.backend", backend.address},
           {"node.cloud", cloud.address},
           {"fog.classifier", ""},
           {"fog.backup", "null"},
           {"node.topology", write("fog", with_streams(x))},
           {"store.folder", folder.path("fog")}}),
      eye({}) {
    if (!bench::rest_until([this] { return eye.watch(fog.address); }, 20))
      throw std::runtime_error("the fog does not answer");
  }

  std::vector<bench::kept_keyframe> kept(const std::string& stream) const {
    return bench::read_ledger(folder.path("fog/ledger.db"), stream);
  }

  test::temp_dir folder;

private:
  std::string write(const std::string& tier, const std::string& text) const {
    return folder.write(tier + ".lua", text);
  }

  /// Cameras that play a street again and again.
  std::string with_streams(const plan& x) const {
    std::string children;
    for (size_t i = 0; i < x.streams.size(); ++i) {
      auto path = folder.path(x.streams[i] + ".mp4");
      bench::record_street(path, "640x360", x.fps, i + 1);
      children += "{ kind = \"stream\", name = \"" + x.streams[i]
                  + "\", source = \"" + path
                  + "\", real_time = true, loop = true, every = "
                  + std::to_string(x.every) + ", tracker = false },\n";
    }
    return bench::topology_with("fog", "streams", children);
  }

public:
  bench::node_process backend, cloud, fog;
  bench::observer eye;
};

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
  swapper(three_nodes& nodes, const plan& want) : nodes_(nodes), want_(want) {
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
      register_version(version);
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
  void register_version(int version) {
    auto zoo = nodes_.folder.path("zoo");
    std::filesystem::create_directories(zoo);
    auto card = text_of("config/models/street-backup.ini");
    const std::string labels = "labels = labels/street.txt";
    card.replace(card.find(labels), labels.size(),
                 "names = " + names_of_version(version));
    std::ofstream{zoo + "/" + model + ".ini"} << card;
    auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    test::child_process child{{(here / "vpaas").string(), "model", "register",
                               model, "--zoo.path=" + zoo,
                               "--nodes=" + nodes_.backend.address}};
    if (child.finish() != 0)
      throw std::runtime_error("vpaas model register does not work");
  }

  void swap(int version) {
    deployment x;
    x.target = "cloud-1";
    x.function = "detectors";
    x.parameter = "model";
    x.artifact = std::string{model} + "@" + std::to_string(version);
    auto begun = seconds();
    if (!reigns_.empty())
      reigns_.back().to = begun;
    must(nodes_.eye.tool.ask<document>(store_, start_atom_v,
                                       document{to_json_value(x)}));
    if (!bench::rest_until([&] { return serves(x.artifact); }, 120))
      throw std::runtime_error(x.artifact + " does not serve: " + problem_);
    took_.push_back(seconds() - begun);
    reigns_.push_back({version, seconds(), seconds()});
  }

  bool serves(const std::string& artifact) {
    bench::rest(.02);
    auto said = nodes_.eye.tool.ask<status_report>(
      cloud_.handle, status_atom_v, std::string{model_cache_name});
    std::vector<reported_slot> slots;
    if (said)
      must(from_json_value(said->details.value().at("slots"), slots, "slots"));
    for (auto& x : slots) {
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

  three_nodes& nodes_;
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
  three_nodes nodes{want};
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
