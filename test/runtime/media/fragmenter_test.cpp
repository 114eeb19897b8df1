// What browsers are given, read back by ffmpeg.

#include "runtime/media/fragmenter.hpp"

#include "runtime/error.hpp"
#include "runtime/media/newest_picture.hpp"
#include "support/clips.hpp"
#include "support/streams.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

using namespace vpaas;
using test::value_of;

namespace {

/// All that a player was given, as a file, and the frames that it was told.
struct shown {
  std::string type;
  std::string file;
  std::vector<video_fragment::picture> pictures;
  size_t headers = 0;
};

shown show(const std::vector<segment>& xs, const std::string& path) {
  fragmenter uut;
  shown result;
  result.file = path;
  std::ofstream out{path, std::ios::binary};
  auto write = [&](const blob& x) {
    out.write(reinterpret_cast<const char*>(x.data()),
              static_cast<std::streamsize>(x.size()));
  };
  for (auto& x : xs) {
    auto made = value_of(uut.add(x));
    if (!made.header.empty()) {
      ++result.headers;
      result.type = made.type;
      write(made.header);
    }
    write(made.bytes);
    for (auto& y : made.pictures)
      result.pictures.push_back(y);
  }
  return result;
}

/// When ffprobe says that each picture is shown, in order, microseconds.
std::vector<int64_t> times_in(const std::string& file) {
  auto text = test::output_of(
    "ffprobe -v error -select_streams v -show_entries packet=pts_time -of "
    "csv=p=0 "
    + file + " | sort -n");
  std::istringstream lines{{text.begin(), text.end()}};
  std::vector<int64_t> result;
  for (std::string x; std::getline(lines, x);)
    if (!x.empty())
      result.push_back(std::llround(std::stod(x) * 1e6));
  return result;
}

/// Frames and times as told are those of the file; pictures as of the clip.
void is_the_same(const std::string& clip, const std::string& word) {
  test::temp_dir dir;
  auto xs = test::segments_of(clip);
  auto x = show(xs, dir.path("shown.mp4"));
  BOOST_TEST(x.headers == 1u);
  BOOST_TEST(x.type == "video/mp4; codecs=\"" + word + "\"");
  auto times = times_in(x.file);
  BOOST_REQUIRE(times.size() == x.pictures.size());
  for (size_t i = 0; i < times.size(); ++i) {
    BOOST_TEST_REQUIRE(x.pictures[i].frame == i);
    BOOST_TEST_REQUIRE(std::abs(x.pictures[i].time_us - times[i]) < 50);
  }
  auto pixels = [](const std::string& file) {
    return test::ffmpeg("-i " + file + " -f framemd5 -");
  };
  auto hashes = [](const std::vector<uint8_t>& text) { // the last column
    std::istringstream lines{{text.begin(), text.end()}};
    std::vector<std::string> result;
    for (std::string x; std::getline(lines, x);)
      if (!x.empty() && x[0] != '#')
        result.push_back(x.substr(x.rfind(' ') + 1));
    return result;
  };
  BOOST_TEST((hashes(pixels(x.file)) == hashes(pixels(clip))));
}

} // namespace

BOOST_AUTO_TEST_SUITE(fragmenter_tests)

BOOST_AUTO_TEST_CASE(h264_with_b_frames_is_shown_as_it_came) {
  is_the_same(test::plain("to_fragment.mp4", "320x180",
                          "-c:v libx264 -profile:v main -level 3.0 -bf 2"),
              "avc1.4d401e");
}

BOOST_AUTO_TEST_CASE(h264_of_a_raw_stream_too) {
  test::temp_dir dir;
  auto xs = test::segments_of(test::plain("fragments.264", "320x180",
                                          "-c:v libx264 -bf 0 -profile:v "
                                          "baseline -level 3.0"));
  auto x = show(xs, dir.path("shown.mp4"));
  BOOST_TEST(x.type == "video/mp4; codecs=\"avc1.42c01e\"");
  BOOST_TEST(times_in(x.file).size() == 90u);
}

BOOST_AUTO_TEST_CASE(hevc_is_called_as_browsers_know_it) {
  is_the_same(test::plain("fragments_hevc.mp4", "320x180",
                          "-c:v libx265 -x265-params "
                          "log-level=error:bframes=0:level-idc=30 -tag:v hvc1"),
              "hvc1.1.6.L90.90");
}

BOOST_AUTO_TEST_CASE(times_go_on_where_those_of_the_source_jump) {
  test::temp_dir dir;
  auto xs = test::segments_of(test::plain("to_fragment.mp4", "320x180",
                                          "-c:v libx264 -profile:v main "
                                          "-level 3.0 -bf 2"));
  for (auto& x : xs) // behind itself, as a file that is looped
    for (auto& p : x.packets)
      p.pts_us += 5'000'000'000, p.dts_us += 5'000'000'000;
  auto again = xs;
  for (auto& x : again) {
    x.first_frame += 90;
    x.number += xs.back().number;
  }
  again.front().discontinuity = true;
  xs.insert(xs.end(), again.begin(), again.end());
  auto x = show(xs, dir.path("shown.mp4"));
  BOOST_REQUIRE(x.pictures.size() == 180u);
  BOOST_TEST(x.pictures.front().time_us < 100'000);
  for (size_t i = 1; i < x.pictures.size(); ++i) {
    auto step = x.pictures[i].time_us - x.pictures[i - 1].time_us;
    BOOST_TEST_REQUIRE(step > 0);
    BOOST_TEST_REQUIRE(step <= 200'000);
  }
}

BOOST_AUTO_TEST_CASE(a_codec_that_mp4_cannot_hold_is_said) {
  auto xs
    = test::segments_of(test::plain("fragments.avi", "320x180", "-c:v mjpeg"));
  fragmenter uut;
  auto x = uut.add(xs.front());
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::codec));
  auto still = value_of(newest_picture(xs)); // but a picture can be had
  BOOST_TEST(still.jpeg.size() > 1000u);
  BOOST_TEST(still.jpeg.data()[0] == 0xff);
  BOOST_TEST(still.frame == xs.back().first_frame);
}

BOOST_AUTO_TEST_CASE(the_newest_picture_is_that_of_its_frame) {
  auto xs = test::segments_of(test::plain("to_fragment.mp4", "320x180",
                                          "-c:v libx264 -profile:v main "
                                          "-level 3.0 -bf 2"));
  auto x = value_of(newest_picture(xs));
  BOOST_TEST(x.frame % 30 == 0u);
  BOOST_TEST((newest_picture({}).error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(words_of_codecs) {
  const uint8_t avcc[]{1, 0x64, 0, 0x1f, 0xff};
  BOOST_TEST(codec_string("h264", avcc, 5) == "avc1.64001f");
  const uint8_t av1c[]{0x81, 0x08, 0x00, 0x00};
  BOOST_TEST(codec_string("av1", av1c, 4) == "av01.0.08M.08");
  BOOST_TEST(codec_string("vp9", nullptr, 0) == "vp09.00.41.08");
  BOOST_TEST(codec_string("mjpeg", nullptr, 0) == "");
  BOOST_TEST(codec_string("h264", nullptr, 0) == "");
  BOOST_TEST(codec_string("hevc", nullptr, 0) == "");
}

BOOST_AUTO_TEST_SUITE_END()
