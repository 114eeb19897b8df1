// How many real-time cameras one core takes through decoder and encoder at the
// paper's settings (QP 36, scale 0.8, 1 of 15), against decoding alone.
//
//   bench_media_cameras [--json] [--seconds=10] [--videos=../shared/videos]
//
// First the cost of a second of video is measured on one pinned thread. Then
// as many cameras as that allows are run in real time on that core, each with
// its own decoder and encoder, a segment a second; the load is raised or
// lowered by one until the largest number that keeps up is known. Keeping up:
// at the end the backlog is below half a second of video.

#include "measure.hpp"
#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/encoder.hpp"
#include "support/clips.hpp"
#include "support/temp_dir.hpp"
#include "targets.hpp"

#include <sched.h>

#include <cmath>
#include <fstream>
#include <thread>

using namespace vpaas;

namespace {

using std::chrono::steady_clock;

/// A clip cut into seconds, played over and over.
struct recording {
  std::vector<segment> segments;
  double seconds = 0;
};

recording record(const std::string& path) {
  source_config config;
  config.url = path;
  config.loop = false;
  recording result;
  result.segments = test::segments_of(config);
  for (auto& x : result.segments)
    result.seconds += static_cast<double>(x.packets.size()) / x.codec.fps;
  return result;
}

/// One camera's share of the fog: its decoder, and its encoder if any.
class camera {
public:
  camera(const recording& in, bool encode)
    : in_(in),
      encode_(encode), decoder_{decoder_config{}}, encoder_{encoder_config{}} {
    // nop
  }

  /// Works on the next segment. @returns seconds of video in it
  double step() {
    auto x = in_.segments[next_ % in_.segments.size()];
    x.discontinuity = next_ % in_.segments.size() == 0;
    ++next_;
    for (auto& f : decoder_.decode(x).frames)
      if (encode_)
        encode(f);
    return static_cast<double>(x.packets.size()) / x.codec.fps;
  }

private:
  void encode(const frame& x) {
    if (frames_ % 15 == 0)
      encoder_.begin("bench", frames_ / 15);
    ++frames_;
    auto part = encoder_.add(x);
    if (!part)
      throw std::runtime_error(describe(part.error()));
  }

  const recording& in_;
  bool encode_;
  decoder decoder_;
  encoder encoder_;
  size_t next_ = 0;
  uint64_t frames_ = 0;
};

double resident_mb() {
  std::ifstream in{"/proc/self/statm"};
  long size = 0, resident = 0;
  in >> size >> resident;
  return static_cast<double>(resident) * 4096 / 1e6;
}

// Seconds of work for a second of video.
double cost(const recording& in, bool encode) {
  camera x{in, encode};
  auto video = 0.0;
  x.step();
  auto work = bench::worked([&] {
    while (video < 2 * in.seconds)
      video += x.step();
  });
  return work / video;
}

struct result {
  bool kept_up = false;
  double backlog_s = 0;
  double mb_each = 0;
};

// Runs `count` cameras in real time; they start spread over a second.
result run(const recording& in, bool encode, int count, double seconds) {
  auto before = resident_mb();
  struct running {
    camera what;
    double due_s;
  };
  std::vector<running> all;
  all.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i)
    all.push_back({camera{in, encode}, static_cast<double>(i) / count});
  auto start = steady_clock::now();
  auto now = [&] {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
  };
  while (now() < seconds) {
    auto next = std::min_element(all.begin(), all.end(), [](auto& a, auto& b) {
      return a.due_s < b.due_s;
    });
    if (next->due_s > now())
      std::this_thread::sleep_for(
        std::chrono::duration<double>(next->due_s - now()));
    next->due_s += next->what.step();
  }
  auto oldest = std::min_element(
    all.begin(), all.end(), [](auto& a, auto& b) { return a.due_s < b.due_s; });
  result out;
  out.backlog_s = std::max(0.0, now() - oldest->due_s);
  out.kept_up = out.backlog_s < 0.5;
  out.mb_each = (resident_mb() - before) / count;
  return out;
}

bench::json capacity(const std::string& name, const recording& in, bool encode,
                     double seconds) {
  auto each = cost(in, encode);
  auto count = std::max(1, static_cast<int>(std::floor(1 / each)));
  auto last = run(in, encode, count, seconds);
  if (last.kept_up)
    for (auto next = run(in, encode, count + 1, seconds); next.kept_up;
         next = run(in, encode, count + 1, seconds)) {
      ++count;
      last = next;
    }
  else
    while (!last.kept_up && count > 1)
      last = run(in, encode, --count, seconds);
  return {{"what", encode ? "decode and encode" : "decode"},
          {"clip", name},
          {"cameras", count},
          {"core_share_each", each},
          {"backlog_s", last.backlog_s},
          {"mb_each", last.mb_each}};
}

void pin() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(sched_getcpu(), &set);
  sched_setaffinity(0, sizeof set, &set);
}

} // namespace

int main(int argc, char** argv) {
  auto seconds = std::stod(bench::option(argc, argv, "seconds", "10"));
  auto videos = bench::option(argc, argv, "videos", "../shared/videos");
  // Two-second GOPs without B frames, as cameras send them.
  auto as_camera = " -c:v libx264 -preset veryfast -crf 24 -g 60 -bf 0";
  test::temp_dir folder;
  std::vector<std::pair<std::string, std::string>> clips;
  for (auto [name, from] : {std::pair{"720p30", "cars-swdee.mp4"},
                            std::pair{"1080p30", "traffic-eagleshot.mp4"}}) {
    auto path = folder.path(std::string{name} + ".mp4");
    if (std::ifstream{videos + "/" + from})
      test::ffmpeg("-i " + videos + "/" + from + as_camera + " " + path);
    else
      path = test::clip(std::string{name} + ".mp4",
                        std::string{name} == "720p30" ? "1280x720"
                                                      : "1920x1080",
                        "30", as_camera, 150);
    clips.push_back({name, path});
  }
  pin();
  std::vector<bench::json> rows;
  for (auto& [name, path] : clips)
    for (auto encode : {false, true})
      rows.push_back(capacity(name, record(path), encode, seconds));
  return bench::finish({{"rows", rows}}, "media_cameras", argc, argv);
}
