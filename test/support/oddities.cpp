#include "support/oddities.hpp"

#include "support/reference.hpp"
#include "support/streams.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <random>
#include <string_view>

namespace vpaas::test {

namespace {

struct codec_row {
  const char* name;
  const char* options;
  /// Those with "B" hold pictures that are shown before ones decoded earlier.
  std::array<const char*, 4> structures;
  std::array<const char*, 4> containers;
  const char* pixels = "yuv420p";
};

#define VPAAS_X265 "-x265-params pools=1:log-level=error:keyint=20:"

constexpr codec_row codecs[] = {
  {"h264",
   "-c:v libx264 -preset veryfast -g 20 ",
   {"-bf 0", "-bf 3", "-bf 2 -x264-params open-gop=1:keyint=20:scenecut=0",
    "-bf 0 -x264-params intra-refresh=1:keyint=20"},
   {"mp4", "mkv", "ts", "flv"}},
  {"h264 in other forms",
   "-c:v libx264 -preset veryfast -g 20 ",
   {"-bf 1 -x264-params slices=3", "-flags +ildct+ilme -bf 2",
    "-profile:v baseline -bf 0", "-bf 2 -refs 4 -x264-params b-pyramid=strict"},
   {"mov", "mkv", "ts", "264"}},
  {"hevc",
   "-c:v libx265 -preset ultrafast ",
   {VPAAS_X265 "bframes=0", VPAAS_X265 "bframes=3",
    VPAAS_X265 "min-keyint=20:bframes=3:open-gop=1",
    VPAAS_X265 "slices=2:bframes=2"},
   {"mp4", "mkv", "ts", "265"}},
  {"mpeg2",
   "-c:v mpeg2video ",
   {"-bf 0 -g 12", "-bf 2 -g 12",
    "-bf 2 -g 12 -flags +cgop -sc_threshold 1000000000",
    "-bf 1 -g 15 -flags +ildct+ilme"},
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
  {"av1",
   "-c:v libsvtav1 -preset 13 ",
   {"-g 20", "-g 40", "-g 20 -svtav1-params pred-struct=1", "-g 20"},
   {"mp4", "mkv", "webm", "mp4"}},
  {"mjpeg",
   "-c:v mjpeg -q:v 6 ",
   {"", "", "", ""},
   {"avi", "mkv", "mov", "avi"},
   "yuvj420p"},
};

struct times_row {
  const char* what;
  const char* filter; ///< of the packets; empty: as they are
  bool jumps = false; ///< times that not every container takes
};

constexpr times_row times[] = {
  {"even times", ""},
  {"twice as slow", "setts=pts=PTS*2:dts=DTS*2"},
  {"times from far away", "setts=pts=PTS+1000000:dts=DTS+1000000"},
  {"a gap", "setts=pts=if(gte(N\\,21)\\,PTS+2/TB\\,PTS):"
            "dts=if(gte(N\\,21)\\,DTS+2/TB\\,DTS)"},
  {"times that stand still", "setts=ts=0", true},
  {"times in pairs", "setts=ts=trunc(N/2)*.08/TB", true},
  {"a jump back", "setts=ts=if(gte(N\\,25)\\,PTS-.6/TB\\,PTS)", true},
  {"a jump ahead", "setts=ts=if(gte(N\\,25)\\,PTS+3600/TB\\,PTS)", true},
};

struct matrix_row {
  const char* what;
  int a, b, c, d;
};

constexpr matrix_row matrices[] = {{"turned right", 0, 1, -1, 0},
                                   {"turned left", 0, -1, 1, 0},
                                   {"upside down", -1, 0, 0, -1},
                                   {"mirrored", -1, 0, 0, 1}};

constexpr const char* sizes[] = {"160x96", "176x144", "192x108"};

bool is_one_of(std::string_view x, std::initializer_list<std::string_view> xs) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

/// Chooses, makes and describes.
class maker {
public:
  explicit maker(uint64_t seed)
    : random_(seed), name_("odd" + std::to_string(seed)) {
    codec_ = codecs[below(std::size(codecs))];
    structure_ = codec_.structures[below(4)];
    container_ = codec_.containers[below(4)];
    result_.format = codec_.pixels;
  }

  oddity make() {
    encode();
    if (below(4) == 0)
      change();
    else if (container_ == "mp4" || container_ == "mov")
      turn();
    retime();
    return std::move(result_);
  }

private:
  size_t below(size_t n) {
    return static_cast<size_t>(random_() % n);
  }

  bool raw() const {
    return is_one_of(container_, {"264", "265"});
  }

  bool reorders() const {
    auto in_order = is_one_of(codec_.name, {"vp8", "vp9", "av1", "mjpeg"})
                    || structure_.find("-bf 0") != std::string::npos
                    || structure_.find("bframes=0") != std::string::npos;
    return !in_order;
  }

  std::string file(const std::string& part) const {
    return name_ + part + "." + container_;
  }

  std::string clip(const std::string& part, const char* size, size_t frames) {
    // Sound in front of it, where both fit.
    auto sound = is_one_of(container_, {"mp4", "mov", "mkv", "ts"})
                 && part.empty() && below(4) == 0;
    std::string options = pattern(size, frames);
    if (sound)
      options = "-f lavfi -i sine=sample_rate=16000 " + options
                + "-map 0 -map 1 -c:a aac -t "
                + std::to_string(static_cast<double>(frames) / 25) + " ";
    result_.what += std::string{size} + ", " + std::to_string(frames)
                    + " frames, " + (sound ? "sound in front, " : "");
    return made(file(part), options + "-pix_fmt " + codec_.pixels + " "
                              + codec_.options + structure_);
  }

  void encode() {
    result_.what = std::string{codec_.name} + " (" + structure_ + ") in "
                   + container_ + ", ";
    size_ = below(std::size(sizes));
    result_.path = clip("", sizes[size_], 30 + below(40));
    result_.guessed = raw();
  }

  /// Another size or structure in mid-stream, where the container can.
  void change() {
    if (!is_one_of(container_, {"ts", "flv", "264", "265", "mpg"}))
      return;
    result_.what += "then ";
    structure_ = codec_.structures[below(4)];
    auto next = clip("b", sizes[(size_ + below(3)) % 3], 30 + below(20));
    std::vector<std::string> parts{result_.path, next};
    result_.path = container_ == "flv" ? joined_flv(file("c"), parts)
                                       : joined(file("c"), parts);
    changed_ = true;
  }

  void turn() {
    auto i = below(2 * std::size(matrices));
    if (i >= std::size(matrices))
      return;
    auto& x = matrices[i];
    result_.what += std::string{x.what} + ", ";
    result_.path = with_matrix(file("t"), result_.path, x.a, x.b, x.c, x.d);
  }

  /// Other times and a cut, without coding anew.
  void retime() {
    auto& stamps = times[below(std::size(times))];
    auto cut = below(3) == 0;
    auto at = std::to_string(.2 + .1 * static_cast<double>(below(8)));
    // Those that jump are for containers that keep what they are given, and
    // for pictures that are shown as they are decoded.
    auto can = stamps.jumps
                 ? is_one_of(container_, {"ts", "mkv"}) && !reorders()
                 : container_ != "avi";
    if (raw() || changed_)
      return;
    std::string before, after;
    if (cut)
      before = "-ss " + at + " ";
    if (*stamps.filter && can)
      after = std::string{" -bsf:v '"} + stamps.filter + "'";
    result_.what += (after.empty() ? times[0] : stamps).what
                    + (cut ? ", cut " + before : std::string{});
    result_.shows_hidden = cut && is_one_of(codec_.name, {"av1"})
                           && is_one_of(container_, {"mp4", "mov"});
    if (!before.empty() || !after.empty())
      result_.path = made(file("e"), before + "-i " + result_.path
                                       + " -map 0 -c copy" + after);
  }

  std::mt19937_64 random_;
  std::string name_;
  codec_row codec_ = codecs[0];
  std::string structure_, container_;
  size_t size_ = 0;
  bool changed_ = false;
  oddity result_;
};

} // namespace

oddity make_oddity(uint64_t seed) {
  return maker{seed}.make();
}

std::string compare(const oddity& x) {
  auto reference = reference_frames(x.path, x.format);
  auto ours = our_frames(x.path);
  if (x.shows_hidden)
    reference.erase(std::remove_if(reference.begin(), reference.end(),
                                   [](auto& f) { return f.us < 0; }),
                    reference.end());
  if (x.guessed)
    for (size_t i = 0; i < std::min(reference.size(), ours.frames.size()); ++i)
      reference[i].us = ours.frames[i].us;
  return difference(ours, reference);
}

} // namespace vpaas::test
