// vpaas demo --outage: what an outage of the cloud costs, Fig. 15 of the paper.

#include "outage_plot.hpp"
#include "run_follow.hpp"
#include "run_models.hpp"
#include "runtime/media/synthetic.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas demo --outage [--seed=N] [--seconds=S] [--down=S] [--up=S]\n"
    "                  [--plot=FILE.svg] [--json]\n"
    "       vpaas demo --outage --camera=FILE [--models=coco] ...\n\n"
    "Four node processes and a video in real time. The process of the cloud "
    "is\nkilled and started again later; once with the backup detector, the "
    "spool and\ncorrections, once without. Prints and plots response delay "
    "and F1 over time\n(the paper's Fig. 15): against the truth of the "
    "made-up street, or against what\nthe cloud's detector finds on the "
    "file's original frames.\n\n"
    "  --seed=N             of the street (7)\n"
    "  --seconds=S          of its video (30)\n"
    "  --camera=FILE        a video instead\n"
    "  --every=N            a keyframe is 1 of N frames (15)\n"
    "  --groups=GROUPS      labels, road, or as vpaas eval (labels)\n"
    "  --down, --up=S       when the cloud goes, and is started again (10, "
    "20)\n"
    "  --plot=FILE.svg      (outage.svg)\n"
    "  --json               prints a report instead of a table\n";

constexpr double bin = 1; ///< seconds of one point

struct wishes {
  int seed = 7;
  double seconds = 30, down = 10, up = 20;
  uint64_t every = 15; ///< VI-B
  std::string camera;  ///< empty: the made-up street
  std::string groups;  ///< of labels
  std::string plot;
  bool json = false;
  run_plan plan;
};

/// What both runs see.
struct footage {
  std::string source;
  double fps = 30;
  std::vector<uint64_t> keyframes;
  marked_video truth;

  double seconds_of(uint64_t frame) const {
    return double(frame) / fps;
  }
};

std::vector<uint64_t> keyframes_below(uint64_t frames, uint64_t every) {
  std::vector<uint64_t> result;
  for (uint64_t n = 0; n < frames; n += every)
    result.push_back(n);
  return result;
}

caf::expected<footage> made_up(const wishes& x) {
  footage result;
  result.source = "synthetic://street?seed=" + std::to_string(x.seed)
                  + "&fps=30&seconds=" + std::to_string(int(x.seconds));
  result.keyframes = keyframes_below(30 * uint64_t(x.seconds), x.every);
  auto truth = truth_of_source(result.source, result.keyframes);
  if (!truth)
    return std::move(truth.error());
  result.truth = std::move(*truth);
  return result;
}

/// Frames a second, by the times that the file gives them.
double rate_of(const recording& video) {
  auto first = std::numeric_limits<int64_t>::max(), last = int64_t{0};
  for (auto& segment : video.segments)
    for (auto& packet : segment.packets)
      if (packet.pts_us != no_time) {
        first = std::min(first, packet.pts_us);
        last = std::max(last, packet.pts_us);
      }
  return last > first ? double(video.frames() - 1) * 1e6 / double(last - first)
                      : 30;
}

caf::expected<footage> filmed(const wishes& x) {
  source_config source;
  source.url = x.camera;
  auto video = record(source);
  if (!video)
    return std::move(video.error());
  auto truth = truth_of_model(x.plan.detector, x.plan, *video, x.every);
  if (!truth)
    return std::move(truth.error());
  return footage{x.camera, rate_of(*video),
                 keyframes_below(video->frames(), x.every), std::move(*truth)};
}

caf::expected<run_outcome> run_once(const wishes& x, const footage& film,
                                    bool tolerant) {
  scratch_folder folder;
  auto plan = x.plan;
  plan.folder = folder.path;
  plan.four = true;
  plan.network = "wan"; // as shipped
  json stream{{"source", film.source}, {"real_time", true}, {"every", x.every}};
  if (plan.classifier.empty())
    stream["classifier"] = "";
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
caf::expected<outage_curve>
curve_of(const footage& film, const std::string& groups, const run_outcome& out,
         std::string name, std::string color) {
  outage_curve result{std::move(name), std::move(color), {}};
  auto end = film.seconds_of(film.keyframes.back());
  for (double at = 0; at <= end; at += bin) {
    run_outcome part;
    double delay = 0;
    for (auto n : film.keyframes)
      if (auto t = film.seconds_of(n); t >= at && t < at + bin) {
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
    auto f1 = score(part, film.truth, groups, 0);
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
               {"after", x.up, curve.points.back().at + bin}};
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
  auto film = x.camera.empty() ? made_up(x) : filmed(x);
  if (!film)
    return std::move(film.error());
  if (film->seconds_of(film->keyframes.back()) <= x.up)
    return caf::make_error(ec::bad_config, film->source
                                             + " ends before the cloud is "
                                               "back; write an earlier --up");
  std::vector<outage_curve> curves;
  json report{{"source", film->source}};
  for (auto tolerant : {true, false}) {
    auto out = run_once(x, *film, tolerant);
    if (!out)
      return std::move(out.error());
    auto curve = tolerant
                   ? curve_of(*film, x.groups, *out, "with fault tolerance",
                              "#1a7f37")
                   : curve_of(*film, x.groups, *out, "without", "#cf222e");
    if (!curve)
      return std::move(curve.error());
    report["runs"].push_back(summary(x, *curve, *out));
    curves.push_back(std::move(*curve));
  }
  if (x.json)
    std::cout << as_text(report) << '\n';
  else
    print(x, curves);
  if (auto err = plot_outage(curves, x.down, x.up, x.plot))
    return err;
  if (!x.json)
    std::printf("  see %s\n", x.plot.c_str());
  return caf::none;
}

caf::error take_numbers(command_line& line, wishes& x) {
  if (auto err = line.take_number("seed", x.seed, 0, 2e9))
    return err;
  if (auto err = line.take_number("seconds", x.seconds, 0, 1e6))
    return err;
  if (auto err = line.take_number("down", x.down, 0, 1e6))
    return err;
  if (auto err = line.take_number("up", x.up, 0, 1e6))
    return err;
  return line.take_number("every", x.every, 1, 1e6);
}

} // namespace

int demo_outage_verb(command_line line) {
  constexpr const char* program = "vpaas demo";
  if (line.take_flag("help")) {
    std::cout << help << models_help;
    return 0;
  }
  auto wanted = line.take_flag("outage");
  wishes x;
  auto err = take_numbers(line, x);
  x.camera = line.take("camera", "");
  if (is_synthetic(x.camera))
    return complain(program,
                    caf::make_error(ec::bad_config,
                                    "--camera is a file; the street has "
                                    "--seed and --seconds"));
  if (!err)
    err = take_models(line, x.plan);
  for (auto* unused : {&x.plan.look, &x.plan.enlarger}) // of other pipelines
    unused->clear();
  x.groups = line.take("groups", "labels");
  x.plot = line.take("plot", "outage.svg");
  x.json = line.take_flag("json");
  if (!err)
    err = line.finish();
  if (!err && !wanted)
    err = caf::make_error(ec::bad_config, "write --outage; scripts/demo shows "
                                          "the pipelines side by side");
  if (!err && !(x.down > 0 && x.up > x.down))
    err = caf::make_error(ec::bad_config, "the times must grow: 0, --down, "
                                          "--up");
  if (!err)
    err = run_demo(x);
  return err ? complain(program, err) : 0;
}

} // namespace vpaas
