#include "runtime/media/decoder.hpp"

#include "runtime/error.hpp"
#include "support/clips.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace vpaas;

namespace {

// Returns whether `x` has exactly the pixels at `raw`, rows without padding.
bool same_pixels(const frame& x, const uint8_t* raw) {
  for (int i = 0; i < 3; ++i) {
    auto p = x.component(i);
    for (int y = 0; y < p.height; ++y, raw += p.width)
      if (std::memcmp(p.data + y * p.stride, raw, static_cast<size_t>(p.width))
          != 0)
        return false;
  }
  return true;
}

size_t picture_size(const frame& x) {
  size_t result = 0;
  for (int i = 0; i < 3; ++i) {
    auto p = x.component(i);
    result += static_cast<size_t>(p.width) * static_cast<size_t>(p.height);
  }
  return result;
}

std::vector<frame> decode_all(decoder& uut, const std::vector<segment>& in) {
  std::vector<frame> result;
  auto take = [&](decoded x) {
    BOOST_CHECK_MESSAGE(!x.problem, describe(x.problem));
    BOOST_TEST(x.lost.empty());
    result.insert(result.end(), x.frames.begin(), x.frames.end());
  };
  for (auto& x : in)
    take(uut.decode(x));
  take(uut.finish());
  return result;
}

// Every keyframe is bit for bit the frame that the ffmpeg program shows at its
// place, and no other frame is handed on.
void equals_ffmpeg(const std::string& path, uint64_t every,
                   const char* format = "yuv420p") {
  auto expected = test::reference_pixels(path, format);
  decoder uut{{every, 1, true}};
  auto frames = decode_all(uut, test::segments_of(path));
  BOOST_REQUIRE(!frames.empty());
  auto size = picture_size(frames.front());
  auto count = expected.size() / size;
  BOOST_TEST(frames.size() == (count + every - 1) / every);
  for (size_t i = 0; i < frames.size(); ++i) {
    BOOST_TEST(frames[i].number() == i * every);
    BOOST_REQUIRE(frames[i].number() < count);
    BOOST_TEST(!frames[i].info().damaged);
    BOOST_TEST(same_pixels(frames[i], expected.data() + i * every * size),
               path << ": frame " << frames[i].number() << " differs");
  }
}

// 60 frames of 25 a second, an intra frame each 20, B frames that others are
// predicted from and B frames that none is.
const char* h264 = "-c:v libx264 -preset fast -threads 1 -g 20 -bf 3 "
                   "-sc_threshold 0";

std::vector<uint64_t> numbers(const std::vector<frame>& xs) {
  std::vector<uint64_t> result;
  for (auto& x : xs)
    result.push_back(x.number());
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(decoder_tests)

BOOST_AUTO_TEST_CASE(keyframes_of_h264_with_b_frames_equal_those_of_ffmpeg) {
  auto path = test::clip("b.mp4", "320x180", "25", h264);
  for (uint64_t every : {1, 4, 5, 7, 15, 20})
    equals_ffmpeg(path, every);
}

BOOST_AUTO_TEST_CASE(keyframes_of_open_gops_equal_those_of_ffmpeg) {
  auto path = test::clip("open.mp4", "320x180", "25",
                         std::string{h264}
                           + " -flags -cgop "
                             "-x264-params open-gop=1");
  for (uint64_t every : {1, 5, 7})
    equals_ffmpeg(path, every);
}

BOOST_AUTO_TEST_CASE(keyframes_of_hevc_equal_those_of_ffmpeg) {
  auto path = test::clip("hevc.mp4", "320x180", "25",
                         "-c:v libx265 -preset veryfast -x265-params "
                         "keyint=20:bframes=3:pools=1:log-level=error");
  for (uint64_t every : {1, 5, 15})
    equals_ffmpeg(path, every);
}

BOOST_AUTO_TEST_CASE(keyframes_of_vp9_equal_those_of_ffmpeg) {
  auto path = test::clip("vp9.webm", "320x180", "25",
                         "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 20 "
                         "-b:v 500k -auto-alt-ref 1 -lag-in-frames 10");
  for (uint64_t every : {1, 5, 15})
    equals_ffmpeg(path, every);
}

BOOST_AUTO_TEST_CASE(keyframes_of_av1_equal_those_of_ffmpeg) {
  auto path = test::clip("av1.mp4", "320x180", "25",
                         "-c:v libsvtav1 -preset 12 -g 20");
  for (uint64_t every : {1, 5, 15})
    equals_ffmpeg(path, every);
}

BOOST_AUTO_TEST_CASE(keyframes_of_motion_jpeg_equal_those_of_ffmpeg) {
  auto path = test::clip("m.avi", "320x180", "25",
                         "-c:v mjpeg -pix_fmt yuvj420p -q:v 4");
  for (uint64_t every : {1, 5})
    equals_ffmpeg(path, every, "yuvj420p");
}

BOOST_AUTO_TEST_CASE(odd_sizes_and_variable_rates_equal_those_of_ffmpeg) {
  auto odd = test::clip("odd.webm", "321x181", "25",
                        "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 20");
  equals_ffmpeg(odd, 4);
  // Every third frame is missing: the rest keep their times.
  auto variable
    = test::clip("vfr.mkv", "320x180", "25",
                 std::string{"-vf 'select=mod(n\\,3)' -vsync vfr "} + h264);
  equals_ffmpeg(variable, 4);
}

BOOST_AUTO_TEST_CASE(rotated_video_comes_out_upright) {
  auto path = test::clip("flat.mp4", "320x180", "25", h264);
  for (auto degrees : {90, 180, 270}) {
    auto turned = path + std::to_string(degrees) + ".mp4";
    test::ffmpeg("-i " + path + " -c copy -metadata:s:v rotate="
                 + std::to_string(degrees) + " " + turned);
    equals_ffmpeg(turned, 20);
  }
}

BOOST_AUTO_TEST_CASE(frames_without_times_are_counted_as_they_are_shown) {
  auto path = test::clip("raw.h264", "320x180", "25", h264);
  equals_ffmpeg(path, 5);
}

BOOST_AUTO_TEST_CASE(clips_of_real_cameras_equal_those_of_ffmpeg) {
  for (auto* name : {"cars-swdee.mp4", "udacity-test_video.mp4",
                     "kitti-0926.mp4", "supermarket-argos.mp4"})
    if (auto path = test::shared_clip(name); !path.empty())
      equals_ffmpeg(path, 15);
}

BOOST_AUTO_TEST_CASE(pictures_that_no_keyframe_needs_are_not_decoded) {
  // Keyframes 0, 20 and 40 are the intra frames: nothing else is needed. The
  // decoder needs some pictures more to push the keyframe out.
  auto in = test::segments_of(test::clip("b.mp4", "320x180", "25", h264));
  decoder uut{{20, 1, true}};
  BOOST_TEST(decode_all(uut, in).size() == 3u);
  BOOST_TEST(uut.counters().packets == 60u);
  BOOST_TEST(uut.counters().skipped >= 40u);
  decoder full{{20, 1, false}};
  BOOST_TEST(decode_all(full, in).size() == 3u);
  BOOST_TEST(full.counters().skipped == 0u);
}

BOOST_AUTO_TEST_CASE(a_missing_segment_costs_its_own_keyframes_only) {
  segment_limits limits;
  limits.min_time = std::chrono::milliseconds{100};
  source_config config;
  config.url = test::clip("b.mp4", "320x180", "25", h264);
  auto in = test::segments_of(config, limits);
  BOOST_REQUIRE(in.size() == 3u);
  decoder uut{{5, 1, true}};
  auto first = uut.decode(in[0]);
  auto third = uut.decode(in[2]);
  auto rest = uut.finish();
  auto got = numbers(first.frames);
  for (auto* x : {&third, &rest})
    for (auto n : numbers(x->frames))
      got.push_back(n);
  auto expected = std::vector<uint64_t>{0, 5, 10, 15, 40, 45, 50, 55};
  BOOST_TEST(got == expected, boost::test_tools::per_element());
  BOOST_TEST(third.lost.empty());
  BOOST_TEST(uut.counters().lost == 0u);
}

BOOST_AUTO_TEST_CASE(a_part_without_the_part_before_it_is_lost_and_named) {
  segment_limits limits;
  limits.part_time = std::chrono::milliseconds{200};
  source_config config;
  config.url = test::clip("b.mp4", "320x180", "25", h264);
  auto in = test::segments_of(config, limits);
  BOOST_REQUIRE(in.size() > 4u);
  BOOST_REQUIRE(in[2].part == 2u);
  decoder uut{{2, 1, true}};
  uut.decode(in[0]);
  auto out = uut.decode(in[2]);
  BOOST_TEST(out.lost.size() == keyframes_in(in[2], 2));
  auto text = describe(out.problem);
  BOOST_TEST(text.find("test, segment 1.2") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(parts_of_a_segment_give_the_same_frames_as_the_whole) {
  auto path = test::clip("b.mp4", "320x180", "25", h264);
  segment_limits limits;
  limits.part_time = std::chrono::milliseconds{120};
  source_config config;
  config.url = path;
  auto in = test::segments_of(config, limits);
  BOOST_TEST(in.size() > 10u);
  decoder a{{3, 1, true}};
  decoder b{{3, 1, true}};
  auto parts = decode_all(a, in);
  auto whole = decode_all(b, test::segments_of(path));
  BOOST_REQUIRE(parts.size() == whole.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    BOOST_TEST(parts[i].number() == whole[i].number());
    BOOST_TEST(parts[i].info().pts_us == whole[i].info().pts_us);
    auto p = parts[i].component(0);
    auto q = whole[i].component(0);
    BOOST_TEST(std::memcmp(p.data, q.data, 320) == 0);
  }
}

BOOST_AUTO_TEST_CASE(what_contradicts_itself_is_refused_and_counted) {
  auto in = test::segments_of(test::clip("b.mp4", "320x180", "25", h264));
  auto refused = [](segment x, const char* cause) {
    decoder uut{{5, 1, true}};
    auto out = uut.decode(x);
    BOOST_TEST(out.frames.empty());
    BOOST_TEST(out.lost.size() == keyframes_in(x, 5));
    auto text = describe(out.problem);
    BOOST_TEST(text.find(cause) != std::string::npos, text);
  };
  auto x = in.front();
  x.packets.clear();
  refused(x, "empty");
  x = in.front();
  x.packets.back().size += 1;
  refused(x, "add up");
  x = in.front();
  x.packets.front().size = 0;
  refused(x, "no size");
  x = in.front();
  x.codec.codec = "aac";
  refused(x, "Decoder not found");
  x.codec.codec = "no such codec";
  refused(x, "Decoder not found");
}

BOOST_AUTO_TEST_CASE(a_damaged_picture_and_its_followers_are_marked) {
  auto in = test::segments_of(test::clip("b.mp4", "320x180", "25", h264));
  auto x = in.front();
  // Zeroes over the middle of the second packet, a P frame.
  blob::buffer bytes(x.bytes.data(), x.bytes.data() + x.bytes.size());
  auto from = x.packets[0].size + x.packets[1].size / 4;
  std::fill_n(bytes.begin() + from, x.packets[1].size / 2, uint8_t{0});
  x.bytes = blob{std::move(bytes)};
  decoder uut{{1, 1, true}};
  auto out = uut.decode(x);
  auto rest = uut.finish();
  out.frames.insert(out.frames.end(), rest.frames.begin(), rest.frames.end());
  BOOST_TEST(out.frames.size() + out.lost.size() + rest.lost.size()
             == x.packets.size());
  BOOST_TEST(!out.frames.front().info().damaged);
  BOOST_TEST(uut.counters().damaged > 3u);
}

BOOST_AUTO_TEST_SUITE_END()
