// Decoding and encoding against the ffmpeg program at the same settings, one
// thread each, interleaved in one run: frames a second, medians, ratios, bytes.
//
//   bench_media_codec [--json] [--rounds=5] [--videos=../shared/videos]
//                     [--only=part of a name]
//
// The program's time is what its -benchmark option reports: without its start
// and the opening of the file. Our time has neither. Both encoders read raw
// frames from the same file.

#include "measure.hpp"
#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/encoder.hpp"
#include "support/clips.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"
#include "targets.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

using namespace vpaas;

namespace {

namespace fs = std::filesystem;

constexpr uint64_t keyframe_distance = 15; // VI-B
constexpr size_t chunk_frames = 15;        // VI-B

struct timing {
  double wall_s = 0;
  double cpu_s = 0;
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

template <class F>
timing timed(F&& f) {
  auto cpu = cpu_seconds();
  auto wall = bench::took(f);
  return {wall, cpu_seconds() - cpu};
}

// Runs the ffmpeg program and returns what -benchmark says of it.
timing program(const std::string& arguments) {
  auto out = test::output_of("ffmpeg -y -nostdin -nostats -hide_banner "
                             "-benchmark -filter_threads 1 "
                             + arguments + " 2>&1");
  std::string text{out.begin(), out.end()};
  auto value = [&](const std::string& key) {
    auto at = text.rfind(key + "=");
    if (at == std::string::npos)
      throw std::runtime_error("no " + key + " in: " + text);
    return std::atof(text.c_str() + at + key.size() + 1);
  };
  return {value("rtime"), value("utime") + value("stime")};
}

// Decodes a whole clip. @returns how many frames it has
uint64_t decode(const std::string& path, decoder_config config, timing& time) {
  source_config at;
  at.url = path;
  auto in = test::value_of(source::open(at));
  segmenter cutter{"bench", {}};
  cutter.restart(in.codec(), in.reorder_depth());
  decoder uut{config};
  time = timed([&] {
    while (auto x = test::value_of(in.read()))
      if (auto part = cutter.push(*x, {}))
        uut.decode(*part);
    if (auto part = cutter.finish())
      uut.decode(*part);
    uut.finish();
  });
  return uut.counters().packets;
}

// Seconds of the program over ours, on the clock and of the processor: the
// latter is what others on this machine disturb least.
struct comparison {
  std::vector<double> ours, theirs, wall, cpu;

  void add(const timing& a, const timing& b, double frames) {
    ours.push_back(frames / a.wall_s);
    theirs.push_back(frames / b.wall_s);
    wall.push_back(b.wall_s / a.wall_s);
    cpu.push_back(b.cpu_s / a.cpu_s);
  }

  bench::json report(const std::string& what, const std::string& path) const {
    return {{"what", what},
            {"clip", fs::path{path}.filename().string()},
            {"fps", bench::median(ours)},
            {"ffmpeg_fps", bench::median(theirs)},
            {"ratio", bench::median(wall)},
            {"cpu_ratio", bench::median(cpu)}};
  }
};

// Every picture is decoded, the keyframes are handed on; then the same with
// what no keyframe needs left out.
bench::json decoding(const std::string& path, int rounds) {
  comparison all;
  std::vector<double> gain;
  for (int i = 0; i < rounds; ++i) {
    timing a, c;
    auto frames = decode(path, {keyframe_distance, 1, false}, a);
    auto b = program("-threads 1 -i " + path + " -map 0:v:0 -f null -");
    decode(path, {keyframe_distance, 1, true}, c);
    all.add(a, b, static_cast<double>(frames));
    gain.push_back(a.cpu_s / c.cpu_s);
  }
  auto result = all.report("decode", path);
  result["gain_by_skipping"] = bench::median(gain);
  return result;
}

// Writes the keyframes of a clip as raw video, over and over.
int write_raw(const std::string& path, const std::string& raw, int& w, int& h) {
  decoder uut{{keyframe_distance, 1, true}};
  std::vector<frame> frames;
  auto take = [&](const decoded& x) {
    frames.insert(frames.end(), x.frames.begin(), x.frames.end());
  };
  for (auto& x : test::segments_of(path))
    take(uut.decode(x));
  take(uut.finish());
  std::ofstream out{raw, std::ios::binary};
  int count = 0;
  for (; count < 150; ++count) {
    auto& x = frames[static_cast<size_t>(count) % frames.size()];
    for (int i = 0; i < 3; ++i) {
      auto p = x.component(i);
      for (int y = 0; y < p.height; ++y)
        out.write(reinterpret_cast<const char*>(p.data + y * p.stride),
                  p.width);
    }
  }
  w = frames.front().width();
  h = frames.front().height();
  return count;
}

size_t encode(const std::string& raw, int w, int h, int qp, timing& time) {
  encoder_config config;
  config.qp = qp;
  encoder uut{config};
  std::ifstream in{raw, std::ios::binary};
  auto cw = (w + 1) / 2;
  auto ch = (h + 1) / 2;
  std::vector<uint8_t> bytes(static_cast<size_t>(w * h + 2 * cw * ch));
  size_t result = 0;
  time = timed([&] {
    for (uint64_t n = 0; in.read(reinterpret_cast<char*>(bytes.data()),
                                 static_cast<std::streamsize>(bytes.size()));
         ++n) {
      frame_info info;
      info.number = n;
      auto* u = bytes.data() + ptrdiff_t{w} * h;
      auto x = frame::copy({plane{bytes.data(), w, w, h}, plane{u, cw, cw, ch},
                            plane{u + ptrdiff_t{cw} * ch, cw, cw, ch}},
                           info);
      if (n % chunk_frames == 0)
        uut.begin("bench", n / chunk_frames);
      result += test::value_of(uut.add(*x)).bytes.size();
    }
  });
  return result;
}

bench::json encoding(const std::string& path, const std::string& folder, int qp,
                     int rounds) {
  auto raw = folder + "/keyframes.yuv";
  auto coded = folder + "/keyframes.h264";
  int w = 0, h = 0;
  auto frames = static_cast<double>(write_raw(path, raw, w, h));
  auto side = [](int x) { return std::to_string(scaled_side(x, .8f)); };
  auto command
    = "-f rawvideo -pix_fmt yuv420p -s " + std::to_string(w) + "x"
      + std::to_string(h) + " -r 2 -i " + raw + " -vf scale=" + side(w) + ":"
      + side(h)
      + ":flags=bilinear -c:v libx264 -preset veryfast -tune zerolatency "
        "-x264-params scenecut=0:bframes=0 -g "
      + std::to_string(chunk_frames) + " -threads 1 -qp " + std::to_string(qp)
      + " -f h264 " + coded;
  comparison all;
  size_t bytes = 0;
  for (int i = 0; i < rounds; ++i) {
    timing a;
    bytes = encode(raw, w, h, qp, a);
    all.add(a, program(command), frames);
  }
  auto result = all.report("encode", path);
  result["bytes"] = bytes;
  result["bytes_ratio"] = static_cast<double>(bytes)
                          / static_cast<double>(fs::file_size(coded));
  return result;
}

} // namespace

int main(int argc, char** argv) {
  auto rounds
    = static_cast<int>(std::stod(bench::option(argc, argv, "rounds", "5")));
  auto only = bench::option(argc, argv, "only", ".mp4");
  std::vector<std::string> clips;
  std::error_code ignored;
  for (auto& x : fs::directory_iterator{
         bench::option(argc, argv, "videos", "../shared/videos"), ignored})
    if (x.path().filename().string().find(only) != std::string::npos)
      clips.push_back(x.path());
  std::sort(clips.begin(), clips.end());
  clips.push_back(test::clip("generated-1080p.mp4", "1920x1080", "30",
                             "-c:v libx264 -preset veryfast -crf 24", 150));
  // Raw frames are read from memory, as far as there is a place for them.
  test::temp_dir here;
  auto folder = here.path("");
  std::vector<bench::json> rows;
  rows.reserve(2 * clips.size());
  for (auto& x : clips)
    rows.push_back(decoding(x, rounds));
  for (auto& x : clips)
    rows.push_back(encoding(x, folder, 36, rounds));
  bench::json medians;
  for (auto what : {"decode", "encode"}) {
    std::vector<double> ratios;
    for (auto& x : rows)
      if (x["what"] == what)
        ratios.push_back(x["ratio"]);
    medians[what] = bench::median(ratios);
  }
  return bench::finish({{"rows", rows}, {"median_ratio", medians}},
                       "media_codec", argc, argv);
}
