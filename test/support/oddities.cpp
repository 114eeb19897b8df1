#include "support/oddities.hpp"

#include "support/reference.hpp"
#include "support/streams.hpp"

#include <array>
#include <random>

namespace vpaas::test {

namespace {

struct codec_row {
  const char* name;
  const char* options;
  std::array<const char*, 4> structures;
  std::array<const char*, 4> containers;
};

constexpr codec_row codecs[] = {
  {"h264",
   "-c:v libx264 -preset veryfast -g 20 ",
   {"-bf 0", "-bf 3", "-bf 2 -x264-params open-gop=1:keyint=20:scenecut=0",
    "-bf 0 -x264-params intra-refresh=1:keyint=20"},
   {"mp4", "mkv", "ts", "flv"}},
  {"h264 in other forms",
   "-c:v libx264 -preset veryfast -g 20 ",
   {"-bf 1 -x264-params slices=3", "-flags +ildct+ilme -bf 2",
    "-profile:v baseline", "-bf 2 -refs 4 -x264-params b-pyramid=strict"},
   {"mov", "mkv", "ts", "264"}},
  {"hevc",
   "-c:v libx265 -preset ultrafast ",
   {"-x265-params keyint=20:bframes=0:pools=1:log-level=error",
    "-x265-params keyint=20:bframes=3:pools=1:log-level=error",
    "-x265-params keyint=20:min-keyint=20:bframes=3:open-gop=1:pools=1:"
    "log-level=error",
    "-x265-params keyint=20:slices=2:pools=1:log-level=error"},
   {"mp4", "mkv", "ts", "265"}},
  {"mpeg2",
   "-c:v mpeg2video ",
   {"-bf 0 -g 12", "-bf 2 -g 12",
    "-bf 2 -g 12 -flags +cgop -sc_threshold "
    "1000000000",
    "-bf 1 -g 15"},
   {"ts", "mkv", "mpg", "ts"}},
  {"mpeg4",
   "-c:v mpeg4 -g 20 ",
   {"-bf 0", "-bf 2", "-bf 1", "-bf 0 -flags +mv4"},
   {"mp4", "mkv", "mp4", "mov"}},
  {"vp8",
   "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 300k ",
   {"-g 20", "-g 20 -auto-alt-ref 1 -lag-in-frames 12", "-g 40", "-g 20"},
   {"webm", "mkv", "webm", "mkv"}},
  {"vp9",
   "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 300k ",
   {"-g 20", "-g 20 -auto-alt-ref 1 -lag-in-frames 12", "-g 40", "-g 20"},
   {"webm", "mkv", "mp4", "webm"}},
  {"mjpeg",
   "-c:v mjpeg -q:v 6 ",
   {"", "", "", ""},
   {"avi", "mkv", "mov", "avi"}},
};

struct times_row {
  const char* what;
  const char* filter; ///< of the packets; empty: as they are
};

constexpr times_row times[] = {
  {"even times", ""},
  {"times from far away", "setts=pts=PTS+1000000:dts=DTS+1000000"},
  {"times that drift", "setts=pts=PTS+N*0:dts=DTS+N*0"},
  {"twice as slow", "setts=pts=PTS*2:dts=DTS*2"},
};

} // namespace

oddity make_oddity(uint64_t seed) {
  std::mt19937_64 random{seed};
  auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  auto& codec = codecs[below(std::size(codecs))];
  std::string structure = codec.structures[below(4)];
  std::string container = codec.containers[below(4)];
  std::string size = std::array{"160x96", "176x144", "192x108"}[below(3)];
  auto frames = 30 + below(40);
  auto& stamps = times[below(std::size(times))];
  auto cut = below(3) == 0;
  auto raw = container == "264" || container == "265";
  std::string pixels = codec.name == std::string{"mjpeg"} ? "yuvj420p"
                                                          : "yuv420p";
  auto name = "odd" + std::to_string(seed);
  auto path = made(name + "." + container, pattern(size, frames) + "-pix_fmt "
                                             + pixels + " " + codec.options
                                             + structure);
  oddity result{path,
                std::string{codec.name} + " (" + structure + ") in " + container
                  + ", " + size + ", " + std::to_string(frames) + " frames, ",
                pixels, raw};
  if (raw)
    return result;
  result.what += stamps.what;
  std::string before, after;
  if (cut) {
    before = "-ss " + std::to_string(.2 + .1 * static_cast<double>(below(8)))
             + " ";
    result.what += ", cut " + before;
  }
  if (*stamps.filter)
    after = std::string{" -bsf:v '"} + stamps.filter + "'";
  if (cut || *stamps.filter)
    result.path = made(name + "-2." + container,
                       before + "-i " + path + " -c copy" + after);
  return result;
}

std::string compare(const oddity& x) {
  auto reference = reference_frames(x.path, x.format);
  auto ours = our_frames(x.path);
  if (x.guessed)
    for (size_t i = 0; i < std::min(reference.size(), ours.frames.size()); ++i)
      reference[i].us = ours.frames[i].us;
  return difference(ours, reference);
}

} // namespace vpaas::test
