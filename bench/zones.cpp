// Measures what users' functions say about the synthetic street against the
// truth: objects over a line and seconds in a zone, from keyframes, by the
// tracker and the shipped line_count and zone_stay. The truth is where every
// object stands in each of the 30 frames a second, hidden or not.
//
// With `--run` also through a real stream: `vpaas run` with these options, a
// process for each seed, and the functions as a user names them.
//
//   bench_zones [--seeds=5] [--seconds=60] [--run=OPTIONS] [--json]

#include "measure.hpp"
#include "runtime/error.hpp"
#include "runtime/node/lua_function.hpp"
#include "runtime/vision/geometry.hpp"
#include "runtime/vision/stream_tracker.hpp"
#include "street_boxes.hpp"
#include "targets.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

#include <unistd.h>

using namespace vpaas;

namespace {

template <class T>
T need(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

/// Across the road and both pavements, in the middle of the picture.
const line gate{{.5f, .3f}, {.5f, 1}};
const polygon yard{{.3f, .3f}, {.7f, .3f}, {.7f, 1}, {.3f, 1}};

constexpr const char* gate_text = "0.5,0.3 0.5,1";
constexpr const char* yard_text = "0.3,0.3 0.7,0.3 0.7,1 0.3,1";

struct sums {
  double left = 0, right = 0; ///< passed
  double stays = 0;           ///< that ended
  double seconds = 0;         ///< of all stays

  sums& operator+=(const sums& x) {
    left += x.left, right += x.right, stays += x.stays, seconds += x.seconds;
    return *this;
  }
};

bench::json to_json(const sums& x) {
  return {{"passed_left", x.left},
          {"passed_right", x.right},
          {"stays", x.stays},
          {"seconds", x.seconds}};
}

sums truth_of(const street& scene) {
  struct known {
    passage who;
    point at;
    bool holds = false;
  };
  auto& cfg = scene.config();
  std::map<uint64_t, known> seen;
  sums result;
  for (uint64_t k = 0; k < cfg.frames(); ++k)
    for (auto& x : scene.objects(k)) {
      if (x.kind == street_kind::lamp_post)
        continue;
      point at{x.x / float(cfg.width), x.y / float(cfg.height)};
      auto [i, first] = seen.emplace(x.identity, known{});
      auto to = step_to(at, gate, i->second.who);
      result.left += to == side::left;
      result.right += to == side::right;
      auto holds = inside(at, yard);
      if (!first)
        result.seconds += double(share_inside(i->second.at, at, yard))
                          / cfg.fps;
      result.stays += !first && i->second.holds && !holds;
      i->second.at = at;
      i->second.holds = holds;
    }
  return result;
}

frame_result result_of(const street_config& cfg, uint64_t number,
                       const std::vector<observation>& seen,
                       const std::vector<uint64_t>& ids) {
  frame_result result;
  result.stream = "street";
  result.frame = number;
  result.pts_us = bench::time_of(cfg, number);
  for (size_t i = 0; i < seen.size(); ++i)
    if (ids[i] != no_track)
      result.objects.push_back(
        {seen[i].where, seen[i].label, seen[i].score, named_by::cloud, ids[i]});
  return result;
}

/// What the functions say; stays that have not ended are asked for at the end
/// by showing an empty street for a while.
template <class Boxes>
sums said_of(const street& scene, Boxes boxes) {
  auto& cfg = scene.config();
  auto count = need(lua_function::load("config/functions/line_count.lua",
                                       {{"line", gate_text}}));
  auto stay = need(lua_function::load("config/functions/zone_stay.lua",
                                      {{"zone", yard_text}}));
  stream_tracker tracks;
  sums result;
  auto all = cfg.frames() + uint64_t(cfg.fps * 10);
  for (uint64_t k = 0; k < all; k += bench::keyframe_distance) {
    auto seen = k < cfg.frames() ? boxes(scene.truth(k))
                                 : std::vector<observation>{};
    auto now = result_of(cfg, k, seen,
                         tracks.update(k, bench::time_of(cfg, k), seen));
    for (auto& x : need(count.apply(now)).events)
      (x.value == "left" ? result.left : result.right) += 1;
    for (auto& x : need(stay.apply(now)).events)
      if (x.kind == "left") {
        result.stays += k < cfg.frames();
        result.seconds += std::chrono::duration<double>(x.lasted).count();
      }
  }
  return result;
}

template <class T>
std::vector<T> lines_of(const std::filesystem::path& file) {
  std::vector<T> result;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);)
    result.push_back(need(from_json<T>(bench::json::parse(line))));
  return result;
}

/// Runs a stream; its results and events are written to these files.
void run_stream(const street_config& cfg, const std::string& options,
                const std::string& results, const std::string& events) {
  auto program = std::filesystem::read_symlink("/proc/self/exe")
                   .replace_filename("vpaas")
                   .string();
  auto command = program + " run --camera='synthetic://street?seed="
                 + std::to_string(cfg.seed)
                 + "&seconds=" + std::to_string(int(cfg.seconds))
                 + "' --functions='line_count?line=" + gate_text
                 + ";zone_stay?zone=" + yard_text + "' --results=" + results
                 + " --events=" + events + " " + options + " >&2";
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error("failed: " + command);
}

/// What a stream says; a stay that has not ended lasts until the object was
/// last seen.
sums said_by_stream(const street_config& cfg, const std::string& options) {
  auto folder = std::filesystem::temp_directory_path()
                / ("zones-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  run_stream(cfg, options, folder / "results", folder / "events");
  std::map<uint64_t, double> seen;
  for (auto& x : lines_of<frame_result>(folder / "results"))
    for (auto& y : x.objects)
      seen[y.track] = std::max(seen[y.track], double(x.frame) / cfg.fps);
  sums result;
  std::map<uint64_t, double> open; ///< begin of stays, by track
  auto lasted = [](const event& x) {
    return std::chrono::duration<double>(x.lasted).count();
  };
  for (auto& x : lines_of<event>(folder / "events")) {
    if (x.kind == "passed") {
      (x.value == "left" ? result.left : result.right) += 1;
    } else if (x.kind == "entered") {
      open[x.object] = double(x.frame) / cfg.fps - lasted(x);
    } else {
      open.erase(x.object);
      result.stays += 1;
      result.seconds += lasted(x);
    }
  }
  for (auto& [track, begin] : open)
    result.seconds += std::max(0., seen[track] - begin);
  std::filesystem::remove_all(folder);
  return result;
}

double error_of(double said, double truth) {
  return truth == 0 ? said : std::abs(said - truth) / truth;
}

/// Adds the errors to the report.
void compare(bench::json& out, const sums& said, const sums& truth) {
  out["said"] = to_json(said);
  auto passed = error_of(said.left + said.right, truth.left + truth.right);
  auto left = error_of(said.left, truth.left);
  auto right = error_of(said.right, truth.right);
  auto seconds = error_of(said.seconds, truth.seconds);
  out["error"] = {{"passed", passed},
                  {"passed_left", left},
                  {"passed_right", right},
                  {"seconds", seconds}};
}

} // namespace

int main(int argc, char** argv) try {
  auto seeds = std::stoul(bench::option(argc, argv, "seeds", "5"));
  street_config cfg;
  cfg.seconds = std::stod(bench::option(argc, argv, "seconds", "60"));
  auto options = bench::option(argc, argv, "run", "");
  bench::json report;
  sums truth, exact, poor, stream;
  for (cfg.seed = 1; cfg.seed <= seeds; ++cfg.seed) {
    street scene{cfg};
    auto there = truth_of(scene);
    auto from_exact = said_of(scene, bench::exact_boxes);
    bench::poor_detector detector{cfg.seed};
    auto from_poor
      = said_of(scene, [&](const frame_truth& x) { return detector.boxes(x); });
    auto& out = report["seed " + std::to_string(cfg.seed)];
    out["truth"] = to_json(there);
    compare(out["exact"], from_exact, there);
    compare(out["poor"], from_poor, there);
    truth += there, exact += from_exact, poor += from_poor;
    if (options.empty())
      continue;
    auto from_stream = said_by_stream(cfg, options);
    compare(out["stream"], from_stream, there);
    stream += from_stream;
  }
  report["truth"] = to_json(truth);
  compare(report["exact"], exact, truth);
  compare(report["poor"], poor, truth);
  if (!options.empty())
    compare(report["stream"], stream, truth);
  return bench::finish(report, "zones", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_zones: " << x.what() << '\n';
  return 1;
}
