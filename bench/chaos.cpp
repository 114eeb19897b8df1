// Minutes of faults against client, fog and cloud as real processes, and
// whether the system held its laws: nothing lost, nothing twice, nothing grows,
// and it comes back each time. The same seed meets the same faults at the same
// moments. Without root there are neither lost packets nor full disks. Run it
// from the project's folder.
//
//   bench_chaos [--seed=1] [--minutes=30] [--streams=8] [--every=5]
//     [--warm-up=15] [--pause=8] [--size=320x180] [--detector=null]
//     [--backup=street-backup] [--kinds=actor,kill_cloud,kill_fog,freeze_cloud,
//     freeze_fog,drop,throttle,fill_disk,hang_fog,hang_cloud,lock_ledger,
//     lose_spool,no_stores] [--disk-mb=256] [--stream={"qp":20}]
//     [--clip=FILE] [--keep=FOLDER] [--plan] [--json]
//
// `--warm-up` are seconds before the first fault, `--pause` those after each,
// at least; `--stream` are more parameters of every stream; all cameras play
// `--clip`, or else a street each of `--size`; `--keep` leaves logs and the
// ledger in a folder.
// `--plan` prints the faults and does nothing. `missing` are keyframes that a
// coordinator accepted, that no counter holds and the ledger does not know;
// counters of a life that was killed are as they were last seen, so that it is
// known up to `uncertain`. `unexplained` were dropped for a reason that no
// fault of the plan explains. Exit status 1: a law was broken, a keyframe came
// twice, its number was used again, more are missing than is uncertain, some
// are unexplained, or `open`: without an answer two minutes after the end.

#include "chaos_nodes.hpp"
#include "chaos_report.hpp"
#include "targets.hpp"

#include <sstream>

using namespace vpaas;
using bench::fault;
using bench::json;
using bench::seconds;

namespace {

struct chaos {
  bench::chaos_wishes nodes;
  bench::fault_wishes faults;
  std::string keep; ///< where logs and the ledger are left
};

std::vector<fault> kinds_of(const std::string& text) {
  std::vector<fault> result;
  std::istringstream in{text};
  for (std::string x; std::getline(in, x, ',');)
    if (fault kind{}; from_string(x, kind))
      result.push_back(kind);
    else
      throw std::runtime_error("--kinds: there is no fault " + x);
  return result;
}

chaos read_wishes(int argc, char** argv) {
  auto option = [&](const char* name, const char* fallback) {
    return bench::option(argc, argv, name, fallback);
  };
  chaos x;
  for (int i = 0; i < std::stoi(option("streams", "8")); ++i)
    x.nodes.streams.push_back("cam-" + std::to_string(i + 1));
  x.nodes.every = std::stoull(option("every", "5"));
  x.nodes.size = option("size", "320x180");
  x.nodes.clip = option("clip", "");
  x.nodes.detector = option("detector", "null");
  x.nodes.backup = option("backup", "street-backup");
  x.nodes.disk_bytes = std::stoull(option("disk-mb", "256")) << 20;
  x.nodes.stream = json::parse(option("stream", "{}"));
  x.faults.seed = std::stoull(option("seed", "1"));
  x.faults.seconds = std::stod(option("minutes", "30")) * 60;
  x.faults.warm_up = std::stod(option("warm-up", "15"));
  x.faults.pause_least = std::stod(option("pause", "8"));
  x.faults.pause_most = x.faults.pause_least * 1.75;
  x.faults.kinds = kinds_of(
    option("kinds", "actor,kill_cloud,kill_fog,freeze_cloud,freeze_fog,drop,"
                    "throttle,fill_disk,hang_fog,hang_cloud,lock_ledger,"
                    "lose_spool,no_stores"));
  x.faults.actors = bench::actors_of(x.nodes);
  x.keep = option("keep", "");
  return x;
}

/// Makes the faults of a plan happen, and looks at the nodes in between.
class runner {
public:
  runner(bench::chaos_nodes& nodes, bench::chaos_report& out)
    : nodes_(nodes), out_(out) {
    // nop
  }

  void run(const std::vector<bench::planned_fault>& plan, double length) {
    auto start = seconds();
    for (auto& x : plan) {
      watch(start + x.at);
      out_.look(nodes_);
      happen(x, start);
    }
    watch(start + length);
  }

  /// Ends all cameras, waits for what is under way, and ends the fog.
  void drain() {
    out_.settled(nodes_);
    nodes_.client.stop();
    bench::rest_until(
      [this] {
        bench::rest(.5);
        out_.look(nodes_);
        return out_.open() == 0;
      },
      120);
    nodes_.fog.stop();
  }

private:
  static constexpr double pace = 2; ///< seconds between two looks

  void watch(double until) {
    for (; seconds() < until; bench::rest(std::min(pace, until - seconds())))
      out_.look(nodes_);
  }

  void happen(const bench::planned_fault& x, double start) {
    bench::met_fault y;
    y.what = x;
    y.began = seconds();
    y.late = y.began - start - x.at;
    out_.dying(x, y.began);
    y.problem = nodes_.begin(x);
    if (nodes_.fog_answers(x.kind))
      watch(y.began + x.hold);
    else
      bench::rest(x.hold);
    nodes_.end(x);
    y.ended = seconds();
    out_.met(std::move(y));
  }

  bench::chaos_nodes& nodes_;
  bench::chaos_report& out_;
};

void run(chaos& x, json& report) {
  bench::chaos_nodes nodes{x.nodes};
  auto possible = nodes.possible(x.faults.kinds);
  for (auto kind : x.faults.kinds)
    if (std::count(possible.begin(), possible.end(), kind) == 0)
      report["left_out"].push_back(to_string(kind));
  x.faults.kinds = possible;
  auto plan = bench::plan_faults(x.faults);
  report["faults"] = plan.size();
  report["not_in_plan"] = nodes.not_among(x.faults.actors);
  bench::chaos_report seen{x.nodes, x.faults.seconds};
  runner go{nodes, seen};
  try {
    go.run(plan, x.faults.seconds);
    go.drain();
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  auto good = seen.tell(nodes, report);
  if (!x.keep.empty())
    nodes.keep(x.keep);
  if (!good && !report.contains("error"))
    report["error"] = "a law does not hold; see streams_seen";
}

} // namespace

int main(int argc, char** argv) {
  bench::take_signals();
  json report;
  try {
    auto x = read_wishes(argc, argv);
    if (bench::flag(argc, argv, "plan")) {
      std::cout << to_json_value(bench::plan_faults(x.faults)).dump(2) << '\n';
      return 0;
    }
    report = {{"seed", x.faults.seed},
              {"seconds", x.faults.seconds},
              {"streams", x.nodes.streams.size()}};
    bench::must(start_log({"error", "text", "", "bench"}));
    run(x, report);
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  return bench::finish(report, "chaos", argc, argv);
}
