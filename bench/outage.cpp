// What a fog does while its cloud is killed, frozen or cut off, and when it is
// back: fog and cloud as real processes with the shipped street networks and
// the patience of a wide area. Cutting off needs root. Run it from the
// project's folder.
//
//   bench_outage [--runs=50] [--seed=1] [--faults=kill,freeze,drop] [--calm=0]
//     [--streams=2] [--every=6] [--size=640x360] [--detector=street-detector]
//     [--backup=street-backup] [--stream={"deadline":"5s"}] [--json]
//
// `--calm` are seconds without a fault before each: outages that follow soon
// make a coordinator wait longer. Of each fault and stream: `fallback_ms` from
// the fault to the first result of the backup detector, `gap_ms` the longest
// time between two results around it, `oldest_ms` the greatest age of a result
// when it came, and from the return to the first result that the cloud located
// on a picture captured since: `back_ms` since the cloud is ready (killed: all
// of it started; else: runs or is reachable), `back_after_accept_ms` since its
// port accepts, and `back_beyond_settling_ms` that less the settling time in
// use. Exit status 1: a keyframe came twice or is unaccounted for, or a run did
// not work.

#include "actors/fog/stream.hpp"
#include "fault_plan.hpp"
#include "faulty_nodes.hpp"
#include "keyframe_audit.hpp"
#include "targets.hpp"

#include <sstream>

using namespace vpaas;
using bench::json;
using bench::must;
using bench::seconds;

namespace {

struct plan {
  int runs = 50;
  uint64_t seed = 1;
  double calm = 0; ///< seconds
  std::vector<std::string> faults, streams;
  uint64_t every = 6;
  int fps = 30;
  std::string size, detector, backup;
  json stream;
};

/// Fog and cloud, with cameras in the fog.
class two_nodes {
public:
  two_nodes(const plan& x, const std::string& folder)
    : cloud(tier::cloud, far.prefix(), far.host(),
            far.with_tls("cloud-1", {{"log.file", folder + "/cloud.log"},
                                     {"node.backend", "127.0.0.1:1"},
                                     {"cloud.detector", x.detector},
                                     {"cloud.max_delay", "0s"}})),
      fog(tier::fog, {}, "127.0.0.1",
          far.with_tls("fog-1", {{"log.file", folder + "/fog.log"},
                                 {"node.cloud", cloud.address},
                                 {"node.backend", "127.0.0.1:1"},
                                 {"store.folder", folder},
                                 {"fog.backup", x.backup}})),
      eye(far.tls("operator")) {
    if (!eye.watch(fog.address))
      throw std::runtime_error("the fog does not answer");
    auto parameters = x.stream;
    parameters.update(
      {{"real_time", true}, {"loop", true}, {"every", x.every}});
    for (size_t i = 0; i < x.streams.size(); ++i) {
      auto path = folder + "/" + x.streams[i] + ".mp4";
      bench::record_street(path, x.size, x.fps, x.seed + i);
      parameters["source"] = path;
      must(add_stream(eye.tool, eye.fog(), nullptr, x.streams[i], parameters));
    }
  }

  bench::far_side far;
  bench::node_process cloud, fog;
  bench::observer eye;
};

/// What one fault showed, in milliseconds; a stream each.
struct measured {
  std::vector<double> fallback, gap, oldest, back, back_after_accept, settling,
    beyond_settling;
  uint64_t no_fallback = 0; ///< the fault was over before one
  uint64_t no_return = 0;
};

// A revision is no answer to whoever waits for one.
bool by_cloud(const bench::arrival& x) {
  return x.located == named_by::cloud && x.revision == 0;
}

bool by_backup(const bench::arrival& x) {
  return x.located == named_by::backup;
}

class runner {
public:
  runner(two_nodes& nodes, const plan& x) : nodes_(nodes), plan_(x) {
    // nop
  }

  void run(const std::string& kind, bench::seeded& random, measured& out) {
    settle();
    bench::rest(plan_.calm + random.between(.5, 2));
    auto hold = random.between(3, 6);
    auto began = seconds();
    begin(kind);
    bench::rest(hold);
    auto [accepts, ready] = end(kind);
    auto settling = settling_now();
    auto back = [&, ready = ready](const std::string& x) {
      return log().first(
        x, ready, [&](auto& y) { return by_cloud(y) && y.captured >= ready; });
    };
    bench::rest_until(
      [&] {
        return std::all_of(plan_.streams.begin(), plan_.streams.end(), back);
      },
      patience);
    bench::rest(1); // the gap after it
    for (auto& x : plan_.streams) {
      if (auto y = log().first(x, began, by_backup))
        out.fallback.push_back((y->at - began) * 1e3);
      else
        ++out.no_fallback;
      if (auto y = back(x)) {
        out.back.push_back((y->at - ready) * 1e3);
        out.back_after_accept.push_back((y->at - accepts) * 1e3);
        out.settling.push_back(settling[x]);
        out.beyond_settling.push_back((y->at - ready) * 1e3 - settling[x]);
      } else {
        ++out.no_return;
      }
      around(x, began, out);
    }
  }

private:
  static constexpr double patience = 60; ///< seconds, for the cloud's return

  const bench::arrivals& log() const {
    return *nodes_.eye.log;
  }

  /// Waits until the cloud answers every stream, and for a second does so
  /// alone.
  void settle() {
    auto calm = [this] {
      auto since = seconds() - 1;
      return std::all_of(
        plan_.streams.begin(), plan_.streams.end(), [&](auto& x) {
          return log().first(x, since, by_cloud)
                 && !log().first(x, since, by_backup)
                 && log().first(x, 0, [](auto&) { return true; })->at < since;
        });
    };
    if (!bench::rest_until(calm, patience))
      throw std::runtime_error("the cloud does not answer every stream; what "
                               "does the fog's log say?");
  }

  /// How long each stream's coordinator waits now until it trusts a cloud that
  /// is back, in milliseconds: longer after each outage that follows soon.
  std::map<std::string, double> settling_now() {
    std::map<std::string, double> result;
    for (auto& x : plan_.streams)
      if (auto status = nodes_.eye.stream_status(x))
        result[x] = status->value("settling_ms", 0.);
    return result;
  }

  void begin(const std::string& kind) {
    if (kind == "kill")
      nodes_.cloud.kill();
    else if (kind == "freeze")
      nodes_.cloud.freeze();
    else if (!nodes_.far.link.drop())
      throw std::runtime_error("packets cannot be dropped here");
  }

  /// Returns since when the cloud's port accepts, and since when it is ready.
  std::pair<double, double> end(const std::string& kind) {
    if (kind == "kill") {
      nodes_.cloud.start();
      auto accepts = nodes_.cloud.await_port();
      return {accepts, nodes_.cloud.await_ready()};
    }
    if (kind == "freeze")
      nodes_.cloud.thaw();
    else if (!nodes_.far.link.restore())
      throw std::runtime_error("the link does not come back");
    auto now = seconds();
    return {now, now};
  }

  void around(const std::string& stream, double began, measured& out) {
    auto all = log().all().at(stream);
    all.erase(std::remove_if(all.begin(), all.end(),
                             [](auto& x) { return x.revision > 0; }),
              all.end());
    auto from = std::lower_bound(all.begin(), all.end(), began - 1,
                                 [](auto& x, double t) { return x.at < t; });
    double gap = 0, oldest = 0;
    for (auto i = from; i != all.end(); ++i) {
      if (i != from)
        gap = std::max(gap, i->at - std::prev(i)->at);
      oldest = std::max(oldest, i->at - i->captured);
    }
    out.gap.push_back(gap * 1e3);
    out.oldest.push_back(oldest * 1e3);
  }

  two_nodes& nodes_;
  const plan& plan_;
};

json distribution(const std::vector<double>& xs) {
  return {{"n", xs.size()},
          {"p50", bench::quantile(xs, .5)},
          {"p99", bench::quantile(xs, .99)},
          {"max", bench::quantile(xs, 1)}};
}

json told(const measured& x) {
  return {{"fallback_ms", distribution(x.fallback)},
          {"gap_ms", distribution(x.gap)},
          {"oldest_ms", distribution(x.oldest)},
          {"back_ms", distribution(x.back)},
          {"back_after_accept_ms", distribution(x.back_after_accept)},
          {"settling_ms", distribution(x.settling)},
          {"back_beyond_settling_ms", distribution(x.beyond_settling)},
          {"no_fallback", x.no_fallback},
          {"no_return", x.no_return}};
}

/// Frames that the camera gave up before the fog had them, and that it holds.
uint64_t not_handed_over(two_nodes& nodes, const std::string& stream) {
  auto x = must(nodes.eye.tool.ask<status_report>(
                  nodes.eye.fog().handle, status_atom_v,
                  "streams/" + stream + "/camera"))
             .details.value();
  return x.at("overflowed").get<uint64_t>() + x.at("incomplete").get<uint64_t>()
         + x.at("before_intra").get<uint64_t>();
}

/// Waits until nothing is spooled and little is in flight.
void drain(two_nodes& nodes, const plan& x) {
  auto calm = [&] {
    return std::all_of(x.streams.begin(), x.streams.end(), [&](auto& name) {
      auto status = nodes.eye.stream_status(name);
      return status && bench::keyframe_counts{*status}.spooled == 0;
    });
  };
  bench::rest_until(calm, 30);
}

/// Whether each keyframe came once: the stream's counters against the ledger,
/// which is read after them, and what was published.
json audit(two_nodes& nodes, const plan& x, const std::string& folder,
           bool& good) {
  drain(nodes, x);
  json result;
  for (auto& name : x.streams) {
    auto status = must(nodes.eye.stream_status(name));
    bench::keyframe_counts counts{status};
    auto missed = (not_handed_over(nodes, name) + x.every - 1) / x.every;
    auto rows = bench::read_ledger(folder + "/ledger.db", name);
    std::set<std::pair<uint64_t, uint32_t>> seen;
    uint64_t twice = 0;
    auto published = nodes.eye.log->all();
    for (auto& y : published[name])
      twice += seen.insert({y.frame, y.revision}).second ? 0 : 1;
    auto explained = counts.dropped + counts.spooled + counts.in_flight
                     + missed;
    auto holes = bench::gaps(rows, x.every);
    auto lost = counts.answered > rows.size() ? counts.answered - rows.size()
                                              : 0;
    auto unaccounted = holes > explained ? holes - explained : 0;
    auto doubled = twice + bench::doubles(rows);
    good = good && lost + unaccounted + doubled == 0 && counts.lawful();
    result[name] = {{"kept", rows.size()},
                    {"received", counts.received},
                    {"answered", counts.answered},
                    {"in_flight", counts.in_flight},
                    {"spooled", counts.spooled},
                    {"dropped", status.at("dropped")},
                    {"late", status.at("late")},
                    {"backup_frames", status.at("backup_frames")},
                    {"not_received", missed},
                    {"doubled", doubled},
                    {"lost", lost + unaccounted},
                    {"lawful", counts.lawful()}};
  }
  return result;
}

/// The parameters of a stream that outages are about, as they are in use.
json in_use(const plan& x) {
  json result;
  for (auto& spec : stream_parameters())
    for (auto* part :
         {"deadline", "settle", "backup_queue", "correct", "spool"})
      if (spec.name.find(part) != std::string::npos)
        result[spec.name] = x.stream.value(spec.name, default_value(spec));
  return result;
}

void run_all(two_nodes& nodes, const plan& x, json& report) {
  bench::seeded random{x.seed};
  std::map<std::string, measured> by_fault;
  runner run{nodes, x};
  try {
    for (int i = 0; i < x.runs; ++i)
      for (auto& kind : x.faults)
        run.run(kind, random, by_fault[kind]);
  } catch (const bench::interrupted&) {
    throw; // nothing that takes time is done any more
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  for (auto& [kind, y] : by_fault)
    report["faults"][kind] = told(y);
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string x; std::getline(in, x, ',');)
    result.push_back(x);
  return result;
}

plan read_plan(int argc, char** argv) {
  auto option = [&](const char* name, const char* fallback) {
    return bench::option(argc, argv, name, fallback);
  };
  plan x;
  x.runs = std::stoi(option("runs", "50"));
  x.seed = std::stoull(option("seed", "1"));
  x.calm = std::stod(option("calm", "0"));
  x.faults = words(option("faults", "kill,freeze,drop"));
  for (auto& kind : x.faults)
    if (kind != "kill" && kind != "freeze" && kind != "drop")
      throw std::runtime_error("--faults: " + kind
                               + " is none of kill, freeze, drop");
  for (int i = 0; i < std::stoi(option("streams", "2")); ++i)
    x.streams.push_back("cam-" + std::to_string(i + 1));
  x.every = std::stoull(option("every", "6"));
  x.size = option("size", "640x360");
  x.detector = option("detector", "street-detector");
  x.backup = option("backup", "street-backup");
  x.stream = json::parse(option("stream", "{}"));
  return x;
}

void measure(plan x, json& report) {
  test::temp_dir folder;
  two_nodes nodes{x, folder.path()};
  if (!nodes.far.apart()) {
    auto& faults = x.faults;
    faults.erase(std::remove(faults.begin(), faults.end(), "drop"),
                 faults.end());
    report["left_out"] = "drop: needs root, network namespaces and openssl";
  }
  report["in_use"] = in_use(x);
  run_all(nodes, x, report);
  auto good = true;
  report["streams"] = audit(nodes, x, folder.path(), good);
  if (!good && !report.contains("error"))
    report["error"] = "a keyframe was doubled or is unaccounted for";
}

} // namespace

int main(int argc, char** argv) {
  bench::take_signals();
  json report;
  try {
    auto x = read_plan(argc, argv);
    report = {{"runs", x.runs},
              {"seed", x.seed},
              {"keyframes_per_second", double(x.fps) / double(x.every)},
              {"detector", x.detector}};
    must(start_log({"error", "text", "", "bench"}));
    measure(x, report);
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  return bench::finish(report, "outage", argc, argv);
}
