// Many streams in one process, with real codecs and null networks: whether
// each keyframe is accounted for at every moment, whether the streams get equal
// shares, and whether memory, threads and descriptors stay flat while they run
// and come back when they are removed.
//
//   bench_streams [--only=steady|churn] [--json]
//     [--streams=64] [--seconds=60] [--window=8MiB]  of `steady`
//     [--churn=200] [--at-once=16] [--rest=4]  of `churn`
//     [--source=synthetic://street?size=320x180&fps=15]
//
// steady: real-time streams; a sample a second. A share is the frames that a
//   stream's coordinator took from its camera between two samples at the ends,
//   as its decoder counts them. Time-outs of answered requests pile up for the
//   first minute (see below): judge memory by the second half of a long run.
//   `window` is what each stream keeps of its video for those who watch.
// churn: streams of one second, added through the supervisor "streams", taken
//   to their end, and removed, `at-once` at a time. The usage before is that
//   after two such rounds. A decoder of the cloud that rests for 2 s goes.
//   CAF keeps the time-out of an answered request until it would have been
//   due: `rest` of 65 s shows what is left when all of them are.

#include "actors/client/camera.hpp"
#include "actors/functions/decoder.hpp"
#include "actors/stream/coordinator.hpp"
#include "measure.hpp"
#include "one_node.hpp"
#include "runtime/node/process.hpp"
#include "targets.hpp"

#include <malloc.h>

#include <cmath>
#include <map>
#include <numeric>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;
using bench::json;
using bench::one_node;

namespace {

constexpr const char* batching = "model = \"null\", max_batch = 8, max_delay = "
                                 "\"20ms\"";

std::string topology() {
  return bench::one_topology(batching, batching, "idle = \"2s\"");
}

struct usage {
  double rss_mb, heap_mb;
  uint64_t threads, descriptors, actors;

  json to_json() const {
    return {{"rss_mb", rss_mb},
            {"heap_mb", heap_mb},
            {"threads", threads},
            {"descriptors", descriptors},
            {"actors", actors}};
  }
};

usage usage_of(one_node& node) {
  auto x = usage_of_this_process();
  return {double(x.rss_bytes) / 1e6,
          double(mallinfo2().uordblks) / 1e6, // in use, all arenas
          x.threads, x.descriptors, node.sys.registry().running()};
}

std::string stream_name(size_t i) {
  return "cam-" + std::to_string(i);
}

uint64_t dropped(const coordinator_status& x) {
  uint64_t result = 0;
  for (auto& [reason, n] : x.dropped)
    result += n;
  return result;
}

bool conserved(const coordinator_status& x) {
  return x.received == x.answered + x.in_flight + dropped(x);
}

bool conserved(const camera_status& x) {
  return x.received
         == x.forwarded + x.overflowed + x.incomplete + x.before_intra
              + x.waiting;
}

std::string path(const std::string& name, const char* part) {
  return "streams/" + name + "/" + part;
}

// -- steady -------------------------------------------------------------------

/// What one look at all streams gave.
struct sample {
  std::vector<uint64_t> frames;   ///< decoded, by stream
  std::vector<uint64_t> answered; ///< keyframes, by stream
  uint64_t violations = 0, lost_at_cameras = 0, dropped = 0, in_flight = 0;
  std::vector<double> freshness_ms; ///< medians of the streams
  std::map<std::string, uint64_t> reasons;
  usage used;
};

sample look(one_node& node, size_t streams) {
  sample result{};
  for (size_t i = 0; i < streams; ++i) {
    auto name = stream_name(i);
    auto c = node.status<coordinator_status>(path(name, "coordinator")).first;
    auto source = node.status<camera_status>(path(name, "camera")).first;
    auto pictures = node.status<decoder_status>(path(name, "decoder")).first;
    result.frames.push_back(pictures.decoded.packets);
    result.answered.push_back(c.answered);
    result.violations += !conserved(c) + !conserved(source);
    result.lost_at_cameras += source.overflowed + source.incomplete;
    result.dropped += dropped(c);
    result.in_flight += c.in_flight;
    for (auto& [reason, n] : c.dropped)
      result.reasons[reason] += n;
    result.freshness_ms.push_back(
      std::chrono::duration<double, std::milli>(c.freshness.p50).count());
  }
  result.used = usage_of(node);
  return result;
}

/// The largest growth of a stream's count over the smallest.
double unfairness(const std::vector<uint64_t>& from,
                  const std::vector<uint64_t>& to) {
  std::vector<double> grown;
  for (size_t i = 0; i < from.size(); ++i)
    grown.push_back(double(to[i] - from[i]));
  return bench::quantile(grown, 1) / std::max(1., bench::quantile(grown, 0));
}

json steady(size_t streams, double seconds, const std::string& source,
            const std::string& window) {
  one_node node{topology(), bench::null_networks()};
  auto adding = bench::took([&] {
    for (size_t i = 0; i < streams; ++i)
      node.add(stream_name(i),
               {{"source", source + "&seconds=0&seed=" + std::to_string(i + 1)},
                {"backup", ""},
                {"window_memory", window}});
  });
  std::vector<sample> samples;
  std::vector<double> looking;
  // All have opened, none has its first frames before it any more.
  std::this_thread::sleep_for(5s);
  auto begin = bench::seconds();
  for (double now = 0; now <= seconds; now = bench::seconds() - begin) {
    std::this_thread::sleep_for(
      std::chrono::duration<double>(std::ceil(now) - now));
    looking.push_back(
      bench::took([&] { samples.push_back(look(node, streams)); }));
  }
  auto took = bench::seconds() - begin;
  uint64_t violations = 0, most_in_flight = 0;
  json course = json::array();
  for (size_t i = 0; i < samples.size(); ++i) {
    violations += samples[i].violations;
    most_in_flight = std::max(most_in_flight, samples[i].in_flight);
    if (i % std::max<size_t>(samples.size() / 10, 1) == 0
        || i + 1 == samples.size())
      course.push_back(samples[i].used.to_json());
  }
  auto& first = samples.front();
  auto& last = samples.back();
  auto& middle = samples[samples.size() / 2];
  auto sum = [](const std::vector<uint64_t>& xs) {
    return double(std::accumulate(xs.begin(), xs.end(), uint64_t{0}));
  };
  for (size_t i = 0; i < streams; ++i)
    node.remove(stream_name(i));
  return {
    {"streams", streams},
    {"seconds", took},
    {"samples", samples.size()},
    {"violations", violations},
    {"frames_per_s", (sum(last.frames) - sum(first.frames)) / took},
    {"keyframes_per_s", (sum(last.answered) - sum(first.answered)) / took},
    {"most_frames_over_fewest", unfairness(first.frames, last.frames)},
    {"most_keyframes_over_fewest", unfairness(first.answered, last.answered)},
    {"most_in_flight", most_in_flight},
    {"dropped", last.reasons},
    {"frames_lost_at_cameras", last.lost_at_cameras},
    {"freshness_p50_ms",
     {{"median_stream", bench::median(last.freshness_ms)},
      {"slowest_stream", bench::quantile(last.freshness_ms, 1)}}},
    {"add_ms_per_stream", adding * 1e3 / double(streams)},
    {"look_at_all_ms", bench::median(looking) * 1e3},
    {"usage", course},
    {"second_half_growth",
     {{"rss_mb", last.used.rss_mb - middle.used.rss_mb},
      {"heap_mb", last.used.heap_mb - middle.used.heap_mb}}}};
}

// -- churn --------------------------------------------------------------------

/// Adds streams, waits until each has ended, and removes them.
/// @returns how many keyframes were answered
uint64_t round(one_node& node, size_t first, size_t count,
               const std::string& source) {
  for (size_t i = first; i < first + count; ++i)
    node.add(stream_name(i),
             {{"source", source + "&seconds=1"}, {"every", 5}, {"backup", ""}});
  uint64_t answered = 0;
  for (size_t i = first; i < first + count; ++i) {
    auto name = stream_name(i);
    auto end = bench::seconds() + 120;
    for (;;) {
      auto [c, state]
        = node.status<coordinator_status>(path(name, "coordinator"));
      if (!conserved(c) || bench::seconds() > end)
        throw std::runtime_error(
          name + (conserved(c) ? " does not end: " : " is not conserved: ")
          + to_json_value(c).dump());
      if (state == "ended") {
        answered += c.answered;
        break;
      }
      std::this_thread::sleep_for(5ms);
    }
  }
  for (size_t i = first; i < first + count; ++i)
    node.remove(stream_name(i));
  return answered;
}

/// After what ends later than it is told to.
usage rested(one_node& node, double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  malloc_trim(0);
  return usage_of(node);
}

json churn(size_t count, size_t at_once, double rest,
           const std::string& source) {
  one_node node{topology(), bench::null_networks()};
  round(node, 0, at_once, source);
  round(node, at_once, at_once, source);
  auto before = rested(node, rest);
  json course = json::array();
  uint64_t answered = 0;
  size_t done = 0;
  auto took = bench::took([&] {
    for (size_t i = 0; done < count; ++i) {
      auto n = std::min(at_once, count - done);
      answered += round(node, done, n, source);
      done += n;
      if (i % std::max<size_t>(count / at_once / 10, 1) == 0)
        course.push_back(usage_of(node).to_json());
    }
  });
  auto after = rested(node, rest);
  return {{"streams", done},
          {"at_once", at_once},
          {"keyframes_answered", answered},
          {"keyframes_expected", 3 * done},
          {"ms_per_stream", took * 1e3 / double(done)},
          {"before", before.to_json()},
          {"between_rounds", course},
          {"after", after.to_json()},
          {"missing", 3 * int64_t(done) - int64_t(answered)},
          {"more_actors", int64_t(after.actors) - int64_t(before.actors)},
          {"more_threads", int64_t(after.threads) - int64_t(before.threads)},
          {"more_descriptors",
           int64_t(after.descriptors) - int64_t(before.descriptors)},
          {"rss_growth_kb_per_stream",
           (after.rss_mb - before.rss_mb) * 1e3 / double(done)},
          {"heap_growth_kb_per_stream",
           (after.heap_mb - before.heap_mb) * 1e3 / double(done)}};
}

} // namespace

int main(int argc, char** argv) {
  auto option = [&](const char* name, const char* fallback) {
    return bench::option(argc, argv, name, fallback);
  };
  auto source = option("source", "synthetic://street?size=320x180&fps=15");
  auto only = option("only", "");
  json report;
  try {
    if (only.empty() || only == "steady")
      report["steady"] = steady(std::stoul(option("streams", "64")),
                                std::stod(option("seconds", "60")), source,
                                option("window", "8MiB"));
    if (only.empty() || only == "churn")
      report["churn"] = churn(std::stoul(option("churn", "200")),
                              std::stoul(option("at-once", "16")),
                              std::stod(option("rest", "4")), source);
  } catch (const std::exception& x) {
    report["error"] = x.what();
  }
  return bench::finish(report, "streams", argc, argv);
}
