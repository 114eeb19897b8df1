// vpaas demo --outage: what an outage of the cloud costs, Fig. 15 of the paper.

#include "outage_plot.hpp"
#include "run_follow.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas demo --outage [--seed=N] [--seconds=S] [--down=S] [--up=S]\n"
    "                  [--plot=FILE.svg] [--json]\n\n"
    "Four node processes and the made-up street in real time. The process of "
    "the\ncloud is killed and started again later; once with the backup "
    "detector, the\nspool and corrections, once without. Prints and plots "
    "response delay and F1\nover time (the paper's Fig. 15).\n\n"
    "  --seed=N         of the street (7)\n"
    "  --seconds=S      of video (30)\n"
    "  --down, --up=S   when the cloud goes, and is started again (10, 20)\n"
    "  --plot=FILE.svg  (outage.svg)\n"
    "  --json           prints a report instead of a table\n";

constexpr double bin = 1; ///< seconds of one point
constexpr int fps = 30;
constexpr uint64_t every = 15; ///< VI-B

struct wishes {
  int seed = 7;
  double seconds = 30, down = 10, up = 20;
  std::string plot;
  bool json = false;
};

std::string source_of(const wishes& x) {
  return "synthetic://street?seed=" + std::to_string(x.seed) + "&fps="
         + std::to_string(fps) + "&seconds=" + std::to_string(int(x.seconds));
}

caf::expected<run_outcome> run_once(const wishes& x, bool tolerant) {
  scratch_folder folder;
  run_plan plan;
  plan.detector = "street-detector";
  plan.classifier = "street-backbone";
  plan.heads = "street-heads";
  plan.backup = "street-backup";
  plan.folder = folder.path;
  plan.four = true;
  plan.network = "wan"; // as shipped
  json stream{{"source", source_of(x)}, {"real_time", true}, {"every", every}};
  if (!tolerant) {
    stream["backup"] = "";
    stream["spool"] = "";
    stream["corrections"] = "none";
  }
  auto nodes = run_nodes::start(plan);
  if (!nodes)
    return std::move(nodes.error());
  auto gone = false, back = false;
  return run_stream(**nodes, stream, "", [&](double now) -> caf::error {
    if (now >= x.down && !std::exchange(gone, true))
      return (*nodes)->kill_cloud();
    if (now >= x.up && !std::exchange(back, true))
      return (*nodes)->return_cloud();
    return caf::none;
  });
}

/// Results of each second of the stream; one that is missing found nothing.
caf::expected<outage_curve> curve_of(const wishes& x, const run_outcome& out,
                                     std::string name, std::string color) {
  outage_curve result{std::move(name), std::move(color), {}};
  std::vector<uint64_t> frames;
  for (uint64_t n = 0; double(n) < fps * x.seconds; n += every)
    frames.push_back(n);
  auto truth = truth_of_source(source_of(x), frames);
  if (!truth)
    return std::move(truth.error());
  for (double at = 0; at < x.seconds; at += bin) {
    run_outcome part;
    double delay = 0;
    for (auto n : frames)
      if (double(n) / fps >= at && double(n) / fps < at + bin) {
        auto y = std::find_if(out.results.begin(), out.results.end(),
                              [n](auto& r) { return r.frame == n; });
        frame_result missing;
        missing.frame = n;
        part.results.push_back(y == out.results.end() ? missing : *y);
        if (y != out.results.end())
          delay = std::max(
            delay,
            std::chrono::duration<double>(y->answered - y->captured).count());
      }
    auto f1 = score(part, *truth, "labels", 0);
    if (!f1)
      return std::move(f1.error());
    result.points.push_back(
      {at + bin / 2, delay > 0 ? delay : -1, (*f1)["value"].get<double>()});
  }
  return result;
}

/// Before, during and after the outage.
json summary(const wishes& x, const outage_curve& curve,
             const run_outcome& out) {
  json result{{"name", curve.name},
              {"keyframes", out.counts.received},
              {"backup_frames", out.counts.backup_frames},
              {"revised", out.counts.revised},
              {"dropped", to_json_value(out.counts.dropped)},
              {"twice", out.twice}};
  struct {
    const char* name;
    double from, to;
  } parts[] = {{"before", 0, x.down},
               {"during", x.down, x.up},
               {"after", x.up, x.seconds}};
  for (auto& part : parts) {
    double f1 = 0, delay = 0;
    int n = 0, answered = 0;
    for (auto& p : curve.points)
      if (p.at >= part.from && p.at < part.to) {
        f1 += p.f1;
        ++n;
        delay = std::max(delay, p.delay);
        answered += p.delay >= 0;
      }
    result[part.name] = {{"f1", n > 0 ? f1 / n : 0},
                         {"slowest_s", delay},
                         {"seconds", n},
                         {"seconds_answered", answered}};
  }
  for (auto& p : curve.points)
    result["points"].push_back(
      {{"at", p.at},
       {"delay_s", p.delay < 0 ? json() : json(p.delay)},
       {"f1", p.f1}});
  return result;
}

void print(const wishes& x, const std::vector<outage_curve>& curves) {
  std::printf("  second    with fault tolerance      without\n"
              "            delay      F1             delay      F1\n");
  for (size_t i = 0; i < curves[0].points.size(); ++i) {
    auto at = curves[0].points[i].at;
    std::printf("  %4.0f  ", std::floor(at));
    for (auto& curve : curves) {
      auto& p = curve.points[i];
      if (p.delay < 0)
        std::printf("      none   %5.3f        ", p.f1);
      else
        std::printf("  %6.2f s   %5.3f        ", p.delay, p.f1);
    }
    auto from = std::floor(at);
    std::printf("%s\n", from == std::floor(x.down) ? "<- the cloud is killed"
                        : from == std::floor(x.up) ? "<- and started again"
                                                   : "");
  }
}

caf::error run_demo(const wishes& x) {
  std::vector<outage_curve> curves;
  json report;
  for (auto tolerant : {true, false}) {
    auto out = run_once(x, tolerant);
    if (!out)
      return std::move(out.error());
    auto curve = tolerant ? curve_of(x, *out, "with fault tolerance", "#1a7f37")
                          : curve_of(x, *out, "without", "#cf222e");
    if (!curve)
      return std::move(curve.error());
    report["runs"].push_back(summary(x, *curve, *out));
    curves.push_back(std::move(*curve));
  }
  if (x.json)
    std::cout << report.dump(2) << '\n';
  else
    print(x, curves);
  if (auto err = plot_outage(curves, x.down, x.up, x.plot))
    return err;
  if (!x.json)
    std::printf("  see %s\n", x.plot.c_str());
  return caf::none;
}

} // namespace

int demo_outage_verb(command_line line) {
  constexpr const char* program = "vpaas demo";
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto wanted = line.take_flag("outage");
  wishes x;
  auto number = [&line](const char* key, double otherwise) {
    auto text = line.take(key, "");
    return text.empty() ? otherwise : std::atof(text.c_str());
  };
  x.seed = int(number("seed", x.seed));
  x.seconds = number("seconds", x.seconds);
  x.down = number("down", x.down);
  x.up = number("up", x.up);
  x.plot = line.take("plot", "outage.svg");
  x.json = line.take_flag("json");
  auto err = line.finish();
  if (!err && !wanted)
    err = caf::make_error(ec::bad_config, "write --outage; scripts/demo shows "
                                          "the pipelines side by side");
  if (!err && !(x.down > 0 && x.up > x.down && x.seconds > x.up))
    err = caf::make_error(ec::bad_config, "the times must grow: 0, --down, "
                                          "--up, --seconds");
  if (!err)
    err = run_demo(x);
  return err ? complain(program, err) : 0;
}

} // namespace vpaas
