#include "runtime/media/packet_recorder.hpp"

#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "support/clips.hpp"
#include "support/reference.hpp"
#include "support/streams.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <cstring>

using namespace vpaas;

namespace {

source_config at(const std::string& url) {
  source_config result;
  result.url = url;
  return result;
}

/// Copies a whole source; the number of frames.
size_t record(const std::string& url, const std::string& path) {
  auto from = source::open(at(url));
  BOOST_REQUIRE(from);
  packet_recorder to{path, from->details()};
  for (auto& x : test::segments_of(at(url)))
    BOOST_REQUIRE(!to.add(x));
  auto err = to.finish();
  BOOST_REQUIRE_MESSAGE(!err, describe(err));
  return to.frames();
}

std::vector<frame> frames_of(const std::string& url) {
  decoder uut{{1, 1, true}};
  std::vector<frame> result;
  auto take = [&](decoded out) {
    BOOST_TEST(!out.problem);
    result.insert(result.end(), out.frames.begin(), out.frames.end());
  };
  for (auto& x : test::segments_of(at(url)))
    take(uut.decode(x));
  take(uut.finish());
  return result;
}

void check_same(const std::string& a, const std::string& b) {
  auto xs = frames_of(a), ys = frames_of(b);
  BOOST_REQUIRE(xs.size() == ys.size());
  for (size_t i = 0; i < xs.size(); ++i) {
    auto since = [i](const std::vector<frame>& zs) {
      return zs[i].info().pts_us - zs[0].info().pts_us;
    };
    BOOST_TEST(since(xs) == since(ys));
    auto x = xs[i].component(0), y = ys[i].component(0);
    BOOST_REQUIRE((x.width == y.width && x.height == y.height));
    for (int row = 0; row < x.height; ++row)
      BOOST_REQUIRE(std::memcmp(x.data + row * x.stride,
                                y.data + row * y.stride, size_t(x.width))
                    == 0);
  }
}

/// What a recording shows by ffmpeg is what its source shows: all pictures, as
/// they are turned, from 0 on in the same distances.
void check_by_ffmpeg(const std::vector<std::string>& files,
                     const std::string& source,
                     const std::string& format = "yuv420p") {
  auto expected = test::reference_frames(source, format);
  std::vector<test::shown_frame> found;
  for (auto& x : files)
    for (auto& f : test::reference_frames(x, format))
      found.push_back(f);
  BOOST_TEST_REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i)
    BOOST_TEST_REQUIRE(found[i].sum == expected[i].sum, "frame " << i);
  if (files.size() == 1)
    for (size_t i = 0; i < found.size(); ++i)
      BOOST_TEST_REQUIRE(
        std::abs(found[i].us - found[0].us - (expected[i].us - expected[0].us))
        <= 1000);
}

/// What ffprobe says of a stream: one of its entries, of side data too.
std::string said_of(const std::string& path, const std::string& entry) {
  auto text = test::output_of("ffprobe -v error -select_streams v:0 "
                              "-show_entries "
                              + entry + " -of default=nw=1 " + path);
  return {text.begin(), text.end()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(packet_recorder_tests)

BOOST_AUTO_TEST_CASE(recordings_of_all_codecs_show_what_their_sources_show) {
  struct {
    const char *name, *options, *format = "yuv420p";
  } cases[] = {
    {"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 20 "
                 "-auto-alt-ref 1 -lag-in-frames 12"},
    {"hevc.ts", "-c:v libx265 -preset ultrafast -x265-params "
                "keyint=20:bframes=3:pools=1:log-level=error"},
    {"av1.mkv", "-c:v libsvtav1 -preset 13 -g 20"},
    {"mpeg2.ts", "-c:v mpeg2video -bf 2 -g 15"},
    {"mpeg4.avi", "-c:v mpeg4 -g 20"},
    {"m.avi", "-c:v mjpeg -q:v 5 -pix_fmt yuvj420p", "yuvj420p"},
    {"h264.ts", "-c:v libx264 -g 20 -bf 3"},
    {"h264.264", "-c:v libx264 -g 20 -bf 0"},
  };
  test::temp_dir folder;
  for (auto& x : cases)
    BOOST_TEST_CONTEXT(x.name) {
      auto source = test::made(std::string{"record-"} + x.name,
                               test::pattern("160x96", 50) + x.options);
      auto path = folder.path(x.name + std::string{".mp4"});
      BOOST_TEST(record(source, path) == 50u);
      check_by_ffmpeg({path}, source, x.format);
    }
}

BOOST_AUTO_TEST_CASE(open_groups_and_damaged_sources_are_recorded) {
  auto open = test::plain("record_open.mkv", "320x180",
                          "-bf 3 -x264-params "
                          "open-gop=1:keyint=30:min-keyint=30:scenecut=0",
                          180);
  auto refresh = test::plain("record_refresh.mkv", "320x180",
                             "-bf 0 -x264-params intra-refresh=1:keyint=50",
                             180);
  test::temp_dir folder;
  for (auto& source : {open, refresh, test::damaged("record_p.mkv", open, {35}),
                       test::damaged("record_last.mkv", open, {150, 172})})
    BOOST_TEST_CONTEXT(source) {
      auto path = folder.path("a.mp4");
      BOOST_TEST(record(source, path) == 180u);
      check_by_ffmpeg({path}, source);
    }
}

// A camera may describe its stream with other parameter sets than it sends.
BOOST_AUTO_TEST_CASE(sets_in_the_stream_stand_above_its_description) {
  auto source = test::made("described.ts",
                           test::pattern("160x96", 50)
                             + "-c:v libx265 -preset ultrafast -x265-params "
                               "keyint=20:repeat-headers=1:pools=1:log-level="
                               "error");
  auto in = test::segments_of(at(source));
  test::temp_dir folder;
  auto path = folder.path("a.mp4");
  packet_recorder to{path, nullptr};
  for (auto& x : in) {
    x.codec.extradata = blob{{0, 0, 0, 1, 0x28, 1, 2, 3}}; // no set at all
    BOOST_REQUIRE(!to.add(x));
  }
  auto err = to.finish();
  BOOST_REQUIRE_MESSAGE(!err, describe(err));
  check_by_ffmpeg({path}, source);
}

BOOST_AUTO_TEST_CASE(other_parameters_begin_another_file) {
  auto large = test::plain("large.flv", "320x180", "-qp 20 -bf 0");
  auto small = test::plain("small.flv", "256x144", "-profile:v baseline");
  auto coarse = test::plain("coarse.flv", "320x180", "-qp 35 -bf 0 -coder 0");
  test::temp_dir folder;
  for (auto& parts :
       {std::vector{large, small}, std::vector{large, coarse, large}}) {
    auto source = test::joined_flv(
      "record" + std::to_string(parts.size()) + ".flv", parts);
    auto from = source::open(at(source));
    BOOST_REQUIRE(from);
    packet_recorder to{folder.path("a.mp4"), from->details()};
    for (auto& x : test::segments_of(at(source)))
      BOOST_REQUIRE(!to.add(x));
    auto err = to.finish();
    BOOST_REQUIRE_MESSAGE(!err, describe(err));
    BOOST_TEST(to.frames() == 90 * parts.size());
    BOOST_REQUIRE(to.files().size() == parts.size());
    BOOST_TEST(to.files()[1] == folder.path("a-2.mp4"));
    check_by_ffmpeg(to.files(), source);
  }
}

BOOST_AUTO_TEST_CASE(pictures_that_an_edit_list_hides_stay_hidden) {
  auto clip = test::plain("b.mp4", "320x180", "-bf 3");
  auto p = test::plain("p.mp4", "320x180", "-bf 0");
  auto long_one = test::plain("250.mp4", "160x96", "-bf 2", 250);
  test::temp_dir folder;
  struct {
    const char* name;
    std::string options;
    size_t frames;
  } cases[] = {{"p05", "-ss 0.5 -i " + p, 77},
               {"b13", "-ss 1.3 -i " + clip, 57},
               {"b14", "-ss 1.4 -i " + long_one, 215}};
  for (auto& x : cases)
    BOOST_TEST_CONTEXT(x.name) {
      auto cut = test::made(std::string{"hide-"} + x.name + ".mp4",
                            x.options + " -c copy");
      auto path = folder.path(x.name + std::string{".mp4"});
      BOOST_TEST(record(cut, path) == x.frames);
      check_by_ffmpeg({path}, cut);
    }
}

BOOST_AUTO_TEST_CASE(shape_orientation_colour_and_profile_are_carried) {
  auto clip = test::made("shape.mp4",
                         test::pattern("320x180", 40)
                           + "-c:v libx264 -profile:v main -g 20 -vf "
                             "setsar=4/3 -color_primaries bt709 -color_trc "
                             "bt709 -colorspace bt709 -color_range pc");
  test::temp_dir folder;
  struct {
    const char* name;
    int a, b, c, d;
  } matrices[] = {
    {"as_it_is", 1, 0, 0, 1}, {"right", 0, 1, -1, 0}, {"hflip", -1, 0, 0, 1}};
  for (auto& x : matrices)
    BOOST_TEST_CONTEXT(x.name) {
      auto source = test::with_matrix(std::string{"shape-"} + x.name + ".mp4",
                                      clip, x.a, x.b, x.c, x.d);
      auto path = folder.path(x.name + std::string{".mp4"});
      BOOST_TEST(record(source, path) == 40u);
      check_by_ffmpeg({path}, source);
      for (auto* entry :
           {"stream=codec_name,profile,width,height,sample_aspect_ratio,"
            "display_aspect_ratio,color_range,color_space,color_transfer,"
            "color_primaries",
            "stream_side_data=displaymatrix"})
        BOOST_TEST(said_of(path, entry) == said_of(source, entry));
    }
}

BOOST_AUTO_TEST_CASE(what_mp4_cannot_hold_is_refused_and_named) {
  auto source = test::made("record.vp8.webm",
                           test::pattern("160x96", 30)
                             + "-c:v libvpx -deadline realtime -cpu-used 8");
  auto from = source::open(at(source));
  BOOST_REQUIRE(from);
  test::temp_dir folder;
  packet_recorder to{folder.path("a.mp4"), from->details()};
  auto err = to.add(test::segments_of(at(source)).front());
  BOOST_TEST((err == ec::codec));
  BOOST_TEST(describe(err).find("MP4 cannot hold") != std::string::npos,
             describe(err));
}

BOOST_AUTO_TEST_CASE(a_recorded_street_shows_the_same_pixels) {
  test::temp_dir folder;
  auto path = folder.path("street.mp4");
  std::string url = "synthetic://street?size=320x180&fps=10&seconds=2";
  BOOST_TEST(record(url, path) == 20u);
  check_same(url, path);
}

BOOST_AUTO_TEST_CASE(a_file_with_reordered_pictures_is_copied_as_it_is) {
  test::temp_dir folder;
  auto path = folder.path("copy.mp4");
  auto clip = test::clip("b.mp4", "320x180", "25",
                         "-c:v libx264 -preset fast -threads 1 -g 20 -bf 2");
  BOOST_TEST(record(clip, path) == 60u);
  check_same(clip, path);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_named) {
  auto h264
    = test::segments_of(at("synthetic://street?size=320x180&fps=10&seconds=1"));
  packet_recorder x{"/nowhere/a.mp4", nullptr};
  auto err = x.add(h264.front());
  BOOST_TEST((err == ec::io));
  BOOST_TEST(describe(err).find("/nowhere/a.mp4") != std::string::npos);
  test::temp_dir folder;
  auto raw = h264.front();
  raw.codec.codec = "rawvideo";
  packet_recorder y{folder.path("raw.mp4"), nullptr};
  err = y.add(raw);
  BOOST_TEST((err == ec::codec), describe(err));
}

BOOST_AUTO_TEST_SUITE_END()
