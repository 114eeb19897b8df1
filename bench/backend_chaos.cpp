// Minutes of faults against a backend, its actors, its database, and the caches
// of fog and cloud, while models are deployed and streams run: whether the
// streams notice, and how soon all is as it shall be again. Nodes are real
// processes, and so is the PostgreSQL server of the backend, which is left out
// (a SQLite file instead) where there is none. The same seed meets the same
// faults. Run it from the project's folder.
//
//   bench_backend_chaos [--seed=1] [--minutes=20] [--streams=4] [--pause=5]
//     [--database=postgresql|sqlite] [--json]
//
// Before each fault a version is deployed, and the fault comes amid its
// roll-out. `settle_s` are the seconds from the end of the fault (its process
// is ready, its database accepts) until the cloud runs what the backend last
// agreed to, and the backend knows that all nodes are as they shall be. `late`
// took more than `--limit` (60 s). `forgotten` are orders that the backend
// agreed to and that its store did not know afterwards. `hung` are orders that
// had no answer, not even an error, while the database was away.

#include "deployed_nodes.hpp"
#include "support/postgres_server.hpp"
#include "targets.hpp"

#include "actors/control/dispatcher.hpp"

using namespace vpaas;
using bench::json;
using bench::must;
using bench::seconds;

namespace {

enum class backend_fault { kill, freeze, no_database, actor };

const char* name_of(backend_fault x) {
  switch (x) {
    case backend_fault::kill:
      return "kill_backend";
    case backend_fault::freeze:
      return "freeze_backend";
    case backend_fault::no_database:
      return "no_database";
    default:
      return "actor";
  }
}

struct plan {
  bench::deployed_wishes nodes;
  uint64_t seed = 1;
  double length = 0, pause = 0, limit = 0; ///< seconds
  bool postgres = true;
};

plan read_plan(int argc, char** argv) {
  auto option = [&](const char* name, const char* fallback) {
    return bench::option(argc, argv, name, fallback);
  };
  plan x;
  for (int i = 0; i < std::stoi(option("streams", "4")); ++i)
    x.nodes.streams.push_back("cam-" + std::to_string(i + 1));
  x.seed = std::stoull(option("seed", "1"));
  x.length = std::stod(option("minutes", "20")) * 60;
  x.pause = std::stod(option("pause", "5"));
  x.limit = std::stod(option("limit", "60"));
  x.postgres = option("database", "postgresql") == "postgresql";
  return x;
}

/// Actors whose end nobody but the control plane notices.
const std::vector<std::string> targets_of_actors{
  "backend/registry",      "backend/dispatcher", "backend/stream_keeper",
  "backend/bulk_receiver", "cloud/model_cache",  "fog/model_cache",
  "fog/policy_cache"};

class tormentor {
public:
  tormentor(bench::deployed_nodes& nodes, test::postgres_server* database,
            const plan& want)
    : nodes_(nodes), database_(database), want_(want), random_(want.seed) {
    kinds_ = {backend_fault::kill, backend_fault::freeze, backend_fault::actor,
              backend_fault::actor};
    if (database_ != nullptr)
      kinds_.push_back(backend_fault::no_database);
  }

  void run() {
    for (auto version : {1, 2})
      nodes_.register_version(version);
    if (!order(1) || !settled(120))
      throw std::runtime_error("nothing can be deployed: " + problem_);
    for (auto end = seconds() + want_.length; seconds() < end;) {
      bench::rest(random_.between(want_.pause, 2 * want_.pause));
      round();
    }
  }

  json report() const {
    json result{{"faults", faults_},          {"orders", orders_},
                {"refused_orders", refused_}, {"hung", hung_},
                {"forgotten", forgotten_},    {"late", late_}};
    for (auto& [name, xs] : settle_)
      result["settle_s"][name] = {{"n", xs.size()},
                                  {"p50", bench::quantile(xs, .5)},
                                  {"p100", bench::quantile(xs, 1)}};
    if (!problem_.empty())
      result["last_problem"] = problem_;
    return result;
  }

private:
  void round() {
    if (kinds_left_.empty()) {
      kinds_left_ = kinds_;
      random_.shuffle(kinds_left_);
    }
    auto kind = kinds_left_.back();
    kinds_left_.pop_back();
    std::string name = name_of(kind);
    order(3 - wanted_);
    bench::rest(random_.between(0, .5));
    begin(kind, name);
    ++faults_;
    auto ended = seconds();
    auto good = settled(want_.limit);
    settle_[name].push_back(seconds() - ended);
    late_ += good ? 0 : 1;
    if (!good)
      throw std::runtime_error("after " + name
                               + " all was not as it shall be: " + problem_);
  }

  /// Returns when the fault is over.
  void begin(backend_fault kind, std::string& name) {
    auto hold = random_.between(.2, 4);
    switch (kind) {
      case backend_fault::kill:
        nodes_.backend.kill();
        bench::rest(hold);
        nodes_.backend.start();
        nodes_.backend.await_ready();
        return;
      case backend_fault::freeze:
        nodes_.backend.freeze();
        bench::rest(hold);
        nodes_.backend.thaw();
        return;
      case backend_fault::no_database:
        database_->stop();
        order_in_vain();
        bench::rest(hold);
        database_->start();
        return;
      case backend_fault::actor:
        name = random_.one_of(targets_of_actors);
        end_actor(name);
    }
  }

  void end_actor(const std::string& target) {
    auto slash = target.find('/');
    auto where = target.substr(0, slash);
    auto node = where == "backend" ? backend()
                : where == "cloud"
                  ? cloud()
                  : caf::expected<found_node>{nodes_.eye.fog()};
    if (!node)
      return note(node.error());
    auto actor = nodes_.eye.tool.ask<caf::actor>(node->handle, resolve_atom_v,
                                                 target.substr(slash + 1));
    if (!actor)
      return note(actor.error());
    caf::anon_send_exit(*actor, caf::exit_reason::kill);
  }

  /// Lets a version be deployed; returns whether the backend agreed.
  bool order(int version) {
    auto store = registry();
    auto said = store ? nodes_.deploy(*store, version)
                      : caf::expected<document>{store.error()};
    if (!said) {
      ++refused_;
      note(said.error());
      return false;
    }
    ++orders_;
    wanted_ = version;
    return true;
  }

  /// Without a database an order fails by name.
  void order_in_vain() {
    auto store = registry();
    if (!store)
      return note(store.error());
    auto said = nodes_.deploy(*store, 3 - wanted_);
    if (said) {
      ++orders_; // it was written before the server was gone
      wanted_ = 3 - wanted_;
    } else {
      ++refused_;
      hung_ += said.error() == caf::sec::request_timeout ? 1 : 0;
    }
  }

  /// Waits until the cloud runs what it shall, and the backend knows of it.
  bool settled(double limit) {
    return bench::rest_until(
      [this] {
        bench::rest(.05);
        return is_known() && runs() && all_settled();
      },
      limit);
  }

  /// Whether the store knows what the backend agreed to.
  bool is_known() {
    auto store = registry();
    auto said = store ? nodes_.eye.tool.ask<document>(*store, read_atom_v)
                      : caf::expected<document>{store.error()};
    if (!said) {
      note(said.error());
      return false;
    }
    std::vector<deployment> all;
    must(from_json_value(said->value().at("deployments"), all, "deployments"));
    auto held = !all.empty()
                && all.back().artifact == bench::version_of(wanted_);
    if (!held) {
      ++forgotten_;
      throw std::runtime_error("the store forgot "
                               + bench::version_of(wanted_));
    }
    return true;
  }

  bool runs() {
    auto at = cloud();
    auto slots = at ? nodes_.slots(*at)
                    : caf::expected<std::vector<reported_slot>>{at.error()};
    if (!slots) {
      note(slots.error());
      return false;
    }
    return std::any_of(slots->begin(), slots->end(), [&](auto& x) {
      return x.artifact == bench::version_of(wanted_)
             && x.state == slot_state::serving;
    });
  }

  /// Whether the backend knows both nodes, and that they are as they shall be.
  bool all_settled() {
    auto at = backend();
    auto said = at ? nodes_.eye.tool.ask<status_report>(
                  at->handle, status_atom_v,
                  std::string{dispatcher_state::name})
                   : caf::expected<status_report>{at.error()};
    if (!said) {
      note(said.error());
      return false;
    }
    std::vector<dispatched_node> all;
    must(from_json_value(said->details.value().at("nodes"), all, "nodes"));
    return all.size() == 2 && std::all_of(all.begin(), all.end(), [](auto& x) {
             return x.settled;
           });
  }

  caf::expected<found_node> backend() {
    return nodes_.eye.tool.node(nodes_.backend.address, tier::backend);
  }

  caf::expected<found_node> cloud() {
    return nodes_.eye.tool.node(nodes_.cloud.address, tier::cloud);
  }

  caf::expected<registry_actor> registry() {
    auto at = backend();
    if (!at)
      return std::move(at.error());
    return nodes_.eye.tool.actor<registry_actor>(*at, registry_name);
  }

  void note(const caf::error& x) {
    problem_ = describe(x);
  }

  bench::deployed_nodes& nodes_;
  test::postgres_server* database_;
  const plan& want_;
  bench::seeded random_;
  std::vector<backend_fault> kinds_, kinds_left_;
  int wanted_ = 0;
  uint64_t faults_ = 0, orders_ = 0, refused_ = 0, hung_ = 0, forgotten_ = 0,
           late_ = 0;
  std::map<std::string, std::vector<double>> settle_;
  std::string problem_;
};

/// Ends the cameras, and says what became of their keyframes.
json streams_of(bench::deployed_nodes& nodes, const plan& want) {
  bench::rest(1);
  json result;
  for (auto& name : want.nodes.streams)
    result[name]["dropped"]
      = bench::keyframe_counts{must(nodes.eye.stream_status(name))}.dropped;
  nodes.fog.stop();
  for (auto& name : want.nodes.streams) {
    auto kept = nodes.kept(name);
    result[name].update({{"kept", kept.size()},
                         {"lost", bench::gaps(kept, want.nodes.every)},
                         {"doubled", bench::doubles(kept)}});
  }
  return result;
}

json measure(plan want) {
  std::optional<test::postgres_server> database;
  if (want.postgres)
    database.emplace();
  auto there = database && database->runs();
  if (there)
    want.nodes.database = database->connection();
  bench::deployed_nodes nodes{want.nodes};
  json result{{"seed", want.seed},
              {"database", there ? "postgresql" : "sqlite"}};
  tormentor go{nodes, there ? &*database : nullptr, want};
  auto from = seconds();
  try {
    bench::rest(3); // all streams have begun
    go.run();
    result["streams_seen"] = streams_of(nodes, want);
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
  return bench::finish(report, "backend_chaos", argc, argv);
}
