// What the framework costs a keyframe, and how fast a pipeline of actors is
// beside one straight loop over the same library calls.
//
//   bench_pipeline [--only=framework|codecs|throughput] [--json]
//     [--keyframes=5000]        of `framework`
//     [--codec-keyframes=200]   of `codecs`
//     [--source=FILE|synthetic://...] [--model=NAME] [--zoo.path=DIR]
//     [--type=card] [--rounds=3] [--every=15] [--max_batch=1] of `throughput`
//
// framework: all hops in one process, camera, codecs and networks take no time
//   (null_codecs.hpp), so that all that is measured is ours. `cycle_us` is the
//   time from one question to the camera to the next one with one keyframe in
//   flight: segment, decode, encode, call, balance, decode, detect, filter,
//   answer, name, publish. `many_in_flight` is the cost where hops overlap.
//   `hand_over_us` is what one hand-over between two threads costs here by
//   itself; a keyframe needs ten of them where its codecs and networks have
//   threads of their own. Under `taskset -c 0` no other core has to wake up.
// codecs: the same with real codecs on a small street. `processing` goes from
//   the coordinator's having the encoded part to the result; the cloud's
//   decoding in it is measured by itself.
// throughput: real codecs and a real network, rounds interleaved, medians.

#include "actors/functions/chunk_decoder.hpp"
#include "actors/stream/coordinator.hpp"
#include "measure.hpp"
#include "networks.hpp"
#include "null_codecs.hpp"
#include "one_node.hpp"
#include "runtime/evaluation/frame_detector.hpp"
#include "runtime/media/chunk_decoder.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/encoder.hpp"
#include "runtime/media/source.hpp"
#include "runtime/media/synthetic.hpp"
#include "runtime/nn/environment.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/vision/region_filter.hpp"
#include "targets.hpp"

#include <sys/resource.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

using namespace vpaas;
using bench::json;
using bench::must;
using bench::one_node;

namespace {

constexpr const char* alone = "max_batch = 1, max_delay = \"0s\"";

double ms(caf::timespan x) {
  return std::chrono::duration<double, std::milli>(x).count();
}

double us(caf::timespan x) {
  return ms(x) * 1000;
}

json in_us(const latency& x) {
  return {{"p50", us(x.p50)}, {"p99", us(x.p99)}};
}

json in_us(const std::vector<double>& xs) {
  return {{"p50", bench::quantile(xs, .5)},
          {"p99", bench::quantile(xs, .99)},
          {"max", bench::quantile(xs, 1)}};
}

/// Seconds that all threads of this process have worked.
double cpu_seconds() {
  rusage x{};
  getrusage(RUSAGE_SELF, &x);
  auto of = [](const timeval& t) {
    return double(t.tv_sec) + double(t.tv_usec) * 1e-6;
  };
  return of(x.ru_utime) + of(x.ru_stime);
}

/// Microseconds of one hand-over between two threads that wait for each other:
/// a mutex, a condition variable, and nothing else.
json hand_over(int rounds) {
  std::mutex lock;
  std::condition_variable changed;
  auto turn = 0; // odd: of the other thread
  auto pass = [&](int mine) {
    std::unique_lock guard{lock};
    changed.wait(guard, [&] { return turn % 2 == mine; });
    ++turn;
    changed.notify_one();
  };
  std::thread other{[&] {
    for (int i = 0; i < rounds; ++i)
      pass(1);
  }};
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    auto start = bench::seconds();
    pass(0);
    std::unique_lock guard{lock};
    changed.wait(guard, [&] { return turn % 2 == 0; });
    times.push_back((bench::seconds() - start) * 1e6 / 2);
  }
  other.join();
  return in_us(times);
}

/// Adds a stream and takes its results until there are `keyframes`.
std::vector<frame_result> run_stream(one_node& node, caf::scoped_actor& self,
                                     const std::string& name, json parameters,
                                     uint64_t keyframes) {
  std::vector<frame_result> results;
  node.add(name, std::move(parameters));
  auto stuck = false;
  while (results.size() < keyframes && !stuck)
    self->receive(
      [&](result_atom, const std::vector<frame_result>& xs) {
        results.insert(results.end(), xs.begin(), xs.end());
      },
      caf::after(std::chrono::seconds{60}) >> [&] { stuck = true; });
  if (!stuck)
    return results;
  auto counts
    = node.status<coordinator_status>("streams/" + name + "/coordinator").first;
  throw std::runtime_error(name
                           + " got stuck: " + to_json_value(counts).dump());
}

json stages(const coordinator_status& x) {
  return {{"decode", in_us(x.decode)}, {"encode", in_us(x.encode)},
          {"cloud", in_us(x.cloud)},   {"detect", in_us(x.detect)},
          {"name", in_us(x.name)},     {"publish", in_us(x.publish)}};
}

// -- framework ----------------------------------------------------------------

json framework(uint64_t keyframes) {
  constexpr uint64_t warm_up = 200;
  auto video = std::make_shared<bench::null_video>(320, 180, 4096);
  one_node node{
    bench::one_topology("model = \"null\", " + std::string{alone}, alone),
    bench::null_networks(),
    [&](actor_kinds& kinds) { bench::replace_codecs(kinds, video); }};
  caf::scoped_actor self{node.sys};
  node.subscribe(self);
  auto run = [&](const std::string& name, uint64_t in_flight) {
    video->frames = warm_up + keyframes;
    video->asked.clear();
    auto cpu = cpu_seconds();
    auto results = run_stream(node, self, name,
                              {{"source", "null"},
                               {"every", 1},
                               {"in_flight", in_flight},
                               {"backup", ""}},
                              warm_up + keyframes);
    cpu = cpu_seconds() - cpu;
    auto counts
      = node.status<coordinator_status>("streams/" + name + "/coordinator")
          .first;
    node.remove(name);
    std::vector<double> cycles, until_result;
    for (size_t i = warm_up; i + 1 < video->asked.size(); ++i)
      cycles.push_back(us(video->asked[i + 1] - video->asked[i]));
    for (size_t i = warm_up; i < results.size(); ++i)
      until_result.push_back(us(results[i].answered - results[i].captured));
    auto all = us(results.back().answered - results.front().captured);
    auto n = double(results.size());
    return json{{"cycle_us", in_us(cycles)},
                {"until_result_us", in_us(until_result)},
                {"wall_us_per_keyframe", all / n},
                {"cpu_us_per_keyframe", cpu * 1e6 / n},
                {"dropped", to_json_value(counts.dropped)},
                {"stage_us", stages(counts)}};
  };
  return {{"keyframes", keyframes},
          {"hand_over_us", hand_over(int(keyframes))},
          {"one_at_a_time", run("single", 1)},
          {"many_in_flight", run("many", 48)}};
}

json codecs(uint64_t keyframes) {
  one_node node{
    bench::one_topology("model = \"null\", " + std::string{alone}, alone),
    bench::null_networks()};
  caf::scoped_actor self{node.sys};
  node.subscribe(self);
  auto source = "synthetic://street?size=320x180&fps=15&seconds="
                + std::to_string(keyframes);
  run_stream(node, self, "small",
             {{"source", source}, {"in_flight", 1}, {"backup", ""}}, keyframes);
  auto counts
    = node.status<coordinator_status>("streams/small/coordinator").first;
  auto decoding = node.status<chunk_decoder_status>("chunk_decoder-1").first;
  return {{"keyframes", keyframes},
          {"processing_us", in_us(counts.processing)},
          {"chunk_decoder_us", in_us(decoding.time)},
          {"processing_less_decoding_p50_us",
           us(counts.processing.p50 - decoding.time.p50)},
          {"stage_us", stages(counts)}};
}

// -- throughput ---------------------------------------------------------------

struct work {
  std::string source;
  uint64_t every = 15;
  located_model model;
  load_options options;
};

/// One thread, no actor: the same calls in the same order. @returns keyframes
uint64_t straight_loop(const work& x, frame_detector& detector) {
  source_config from;
  from.url = x.source;
  auto in = must(source::open(from));
  segmenter cutter{"loop", {}};
  cutter.restart(in.codec(), in.reorder_depth());
  decoder pictures{decoder_config{x.every, 1, true}};
  encoder_config quality;
  quality.backend = "auto";
  encoder copy{quality};
  chunk_decoder cloud;
  uint64_t keyframes = 0, boxes = 0;
  auto look = [&](const std::vector<frame>& frames) {
    for (auto& f : frames) {
      if (keyframes++ % 15 == 0)
        copy.begin("loop", f.number(), quality);
      auto part = must(copy.add(f));
      for (auto& y : must(cloud.decode(part))) {
        auto split = filter_regions(must(detector.detect(y)),
                                    detector.card().regions);
        boxes += split.labels.size() + split.regions.size();
      }
    }
  };
  auto take = [&](std::optional<segment> part) {
    if (part)
      look(pictures.decode(*part).frames);
  };
  for (;;) {
    auto packet = must(in.read());
    if (!packet)
      break;
    take(cutter.push(*packet, caf::make_timestamp()));
  }
  take(cutter.finish());
  look(pictures.finish().frames);
  return keyframes;
}

json throughput(const work& x, int rounds, const std::string& batching,
                const std::string& zoo_path) {
  auto detector = must(frame_detector::load(x.model, x.options));
  auto config
    = must(read_settings("", all_options(), {{"zoo.path", zoo_path}}));
  auto& name = x.model.card.name;
  one_node node{bench::one_topology("model = \"" + name + "\", type = \""
                                      + to_string(x.options.type) + "\", "
                                      + batching,
                                    ""),
                networks_of(config)};
  caf::scoped_actor self{node.sys};
  node.subscribe(self);
  auto keyframes = straight_loop(x, detector); // fills caches
  std::vector<double> loop_s, loop_cpu, actors_s, actors_cpu;
  json stage;
  for (int i = -1; i < rounds; ++i) { // round -1 fills caches too
    auto stream = "round-" + std::to_string(i + 1);
    auto cpu = cpu_seconds();
    auto took = bench::took([&] {
      run_stream(node, self, stream,
                 {{"source", x.source},
                  {"every", x.every},
                  {"classifier", ""},
                  {"backup", ""}},
                 keyframes);
    });
    cpu = cpu_seconds() - cpu;
    stage = stages(
      node.status<coordinator_status>("streams/" + stream + "/coordinator")
        .first);
    node.remove(stream);
    if (i < 0)
      continue;
    actors_s.push_back(took);
    actors_cpu.push_back(cpu);
    cpu = cpu_seconds();
    loop_s.push_back(bench::took([&] { straight_loop(x, detector); }));
    loop_cpu.push_back(cpu_seconds() - cpu);
  }
  auto per_s = [&](const std::vector<double>& xs) {
    return double(keyframes) / bench::median(xs);
  };
  return {{"source", x.source},
          {"model", name + " " + to_string(x.options.type)},
          {"keyframes", keyframes},
          {"rounds", rounds},
          {"batching", batching},
          {"loop_keyframes_per_s", per_s(loop_s)},
          {"actors_keyframes_per_s", per_s(actors_s)},
          {"throughput_ratio", per_s(actors_s) / per_s(loop_s)},
          {"loop_cpu_ms_per_keyframe",
           bench::median(loop_cpu) * 1e3 / double(keyframes)},
          {"actors_cpu_ms_per_keyframe",
           bench::median(actors_cpu) * 1e3 / double(keyframes)},
          {"cpu_ratio", bench::median(actors_cpu) / bench::median(loop_cpu)},
          {"stage_us", stage}};
}

/// A synthetic source as a file, so that its drawing is not measured.
std::string as_file(const std::string& source, const std::string& folder) {
  if (!is_synthetic(source))
    return source;
  auto tool = std::filesystem::read_symlink("/proc/self/exe")
                .replace_filename("vpaas")
                .string();
  auto file = folder + "/street.mp4";
  auto command = tool + " record '" + source + "' --output=" + file
                 + " >/dev/null";
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error("failed to record " + source + " with " + tool
                             + "; build it");
  return file;
}

} // namespace

int main(int argc, char** argv) {
  ensure_environment(argv);
  auto option = [&](const char* name, const char* fallback) {
    return bench::option(argc, argv, name, fallback);
  };
  auto only = option("only", "");
  auto wanted = [&](const char* x) { return only.empty() || only == x; };
  char folder[] = "/tmp/vpaas-bench-XXXXXX";
  json report;
  try {
    if (!mkdtemp(folder))
      throw std::runtime_error("failed to make a folder in /tmp");
    if (wanted("framework"))
      report["framework"] = framework(std::stoull(option("keyframes", "5000")));
    if (wanted("codecs"))
      report["codecs"] = codecs(std::stoull(option("codec-keyframes", "200")));
    if (wanted("throughput")) {
      auto zoo_path = option("zoo.path", "");
      work x;
      x.source = as_file(
        option("source", "synthetic://street?size=1280x720&seconds=30"),
        folder);
      x.every = std::stoull(option("every", "15"));
      x.model
        = must(default_zoo(zoo_path).locate(option("model", "nanodet-plus-m")));
      x.options = options_for(x.model.card, "cpu", 1);
      if (auto type = option("type", "card"); type != "card")
        from_string(type, x.options.type);
      auto batching = "max_batch = " + option("max_batch", "1")
                      + ", max_delay = \"0s\"";
      report["throughput"] = throughput(x, std::stoi(option("rounds", "3")),
                                        batching, zoo_path);
    }
  } catch (const std::exception& x) {
    report["error"] = x.what();
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return bench::finish(report, "pipeline", argc, argv);
}
