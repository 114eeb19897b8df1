// Streams of 4K through an outage of the cloud without a backup detector: what
// the fog holds then stays within what `pixel_memory` and `segment_memory` of
// its streams allow, the rest is on disk, and all is answered when the cloud is
// back. Without root the disk is the machine's. Run it from the project's
// folder.
//
//   bench_outage_memory [--streams=8] [--size=3840x2160] [--fps=4] [--every=4]
//     [--pixel-memory=64] [--segment-memory=16] [--outage=60] [--json]
//
// Memory in MiB, `--outage` in seconds. `growth_over_bound` is the most that
// the process took during the outage and after it, less what it took before,
// over the sum of both settings. `unbounded_mb` is what the pictures of the
// keyframes that waited would have been. `lost` is what was answered or dropped
// and is not in the ledger. Exit status 1: more than the bound, or a keyframe
// was lost, or had no answer in the end.

#include "chaos_nodes.hpp"
#include "targets.hpp"

using namespace vpaas;
using bench::json;
using bench::seconds;

namespace {

constexpr double mib = 1 << 20;

struct wishes {
  bench::chaos_wishes nodes;
  double pixels = 0, segments = 0; ///< bytes, of a stream
  double outage = 0;               ///< seconds
};

wishes read_wishes(int argc, char** argv) {
  auto option = [&](const char* name, const char* fallback) {
    return bench::option(argc, argv, name, fallback);
  };
  wishes x;
  for (int i = 0; i < std::stoi(option("streams", "8")); ++i)
    x.nodes.streams.push_back("cam-" + std::to_string(i + 1));
  x.nodes.size = option("size", "3840x2160");
  x.nodes.fps = std::stoi(option("fps", "4"));
  x.nodes.every = std::stoull(option("every", "4"));
  x.nodes.detector = "null";
  x.pixels = std::stod(option("pixel-memory", "64")) * mib;
  x.segments = std::stod(option("segment-memory", "16")) * mib;
  x.outage = std::stod(option("outage", "60"));
  x.nodes.stream = {{"pixel_memory", uint64_t(x.pixels)},
                    {"segment_memory", uint64_t(x.segments)}};
  x.nodes.disk_bytes = size_t{1} << 30;
  return x;
}

/// Looks at the fog from time to time.
class watch {
public:
  watch(bench::chaos_nodes& nodes, const wishes& x) : nodes_(nodes), want_(x) {
    // nop
  }

  /// The most that was seen in so many seconds, or until `done`.
  template <class F>
  json look(double time, F done) {
    double rss = 0, pixels = 0;
    uint64_t waiting = 0;
    for (auto end = seconds() + time; seconds() < end; bench::rest(.25)) {
      rss = std::max(rss, double(nodes_.fog.usage().rss_bytes));
      for (auto& name : want_.nodes.streams)
        if (auto x = nodes_.eye.stream_status(name)) {
          pixels = std::max(pixels, x->value("pixel_bytes", 0.));
          status_[name] = std::move(*x);
        }
      waiting = std::max(waiting, open());
      if (done(open()))
        break;
    }
    return {{"rss_mb", rss / mib},
            {"pixels_mb", pixels / mib},
            {"keyframes_waiting", waiting}};
  }

  uint64_t answered() const {
    uint64_t result = 0;
    for (auto& [name, x] : status_)
      result += bench::keyframe_counts{x}.answered;
    return result;
  }

  /// Keyframes that still wait for an answer.
  uint64_t open() const {
    uint64_t result = 0;
    for (auto& [name, x] : status_) {
      bench::keyframe_counts counts{x};
      result += counts.spooled + counts.in_flight;
    }
    return result;
  }

  /// Keyframes by the reason why they were dropped.
  std::map<std::string, uint64_t> dropped() const {
    std::map<std::string, uint64_t> result;
    for (auto& [name, x] : status_) {
      auto by_reason = x.value("dropped", json::object());
      for (auto& [reason, n] : by_reason.items())
        result[reason] += n.get<uint64_t>();
    }
    return result;
  }

private:
  bench::chaos_nodes& nodes_;
  const wishes& want_;
  std::map<std::string, json> status_;
};

void run(wishes& x, json& report) {
  test::temp_dir folder;
  x.nodes.clip = folder.path("street.mp4");
  bench::record_street(x.nodes.clip, x.nodes.size, x.nodes.fps, 1);
  bench::chaos_nodes nodes{x.nodes};
  watch fog{nodes, x};
  auto never = [](uint64_t) { return false; };
  auto streams = x.nodes.streams.size();
  fog.look(60, [&](uint64_t) { return fog.answered() >= 4 * streams; });
  auto before = fog.look(10, never);
  nodes.cloud.kill();
  auto outage = fog.look(x.outage, never);
  nodes.cloud.start();
  nodes.cloud.await_ready();
  auto back = fog.look(20, never); // live and late ones side by side
  nodes.client.stop();
  auto after = fog.look(600, [](uint64_t open) { return open == 0; });
  auto most
    = std::max({outage["rss_mb"].get<double>(), back["rss_mb"].get<double>(),
                after["rss_mb"].get<double>()});
  auto pixels = std::max({outage["pixels_mb"].get<double>(),
                          back["pixels_mb"].get<double>(),
                          after["pixels_mb"].get<double>()});
  auto bound = double(streams) * (x.pixels + x.segments) / mib;
  uint64_t kept = 0;
  for (auto& name : x.nodes.streams)
    kept += bench::read_ledger(nodes.ledger(), name).size();
  auto picture = 1.5 * std::stod(x.nodes.size)
                 * std::stod(x.nodes.size.substr(x.nodes.size.find('x') + 1));
  report["before"] = before;
  report["outage"] = outage;
  report["back"] = back;
  report["after"] = after;
  report["bound_mb"] = bound;
  report["unbounded_mb"] = outage["keyframes_waiting"].get<double>() * picture
                           / mib;
  report["growth_mb"] = most - before["rss_mb"].get<double>();
  report["growth_over_bound"] = report["growth_mb"].get<double>() / bound;
  report["pixels_over_bound"] = pixels / (x.pixels / mib);
  report["answered"] = fog.answered();
  report["kept"] = kept;
  report["open"] = fog.open();
  report["dropped"] = fog.dropped();
  report["lost"] = int64_t(fog.answered()) - int64_t(kept);
  for (auto& [reason, n] : fog.dropped())
    report["lost"] = report["lost"].get<int64_t>() + int64_t(n);
}

} // namespace

int main(int argc, char** argv) {
  bench::take_signals();
  json report;
  try {
    auto x = read_wishes(argc, argv);
    bench::must(start_log({"error", "text", "", "bench"}));
    run(x, report);
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  return bench::finish(report, "outage_memory", argc, argv);
}
