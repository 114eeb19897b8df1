#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "support/clips.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

const char* h264 = "-c:v libx264 -preset ultrafast -threads 1 -g 20 -bf 0";

source_config at(const std::string& url) {
  source_config result;
  result.url = url;
  return result;
}

std::string error_of(const source_config& config, cancel_flag cancel = {}) {
  auto x = source::open(config, std::move(cancel));
  BOOST_REQUIRE(!x);
  return describe(x.error());
}

size_t count(source& x) {
  size_t result = 0;
  for (;;) {
    auto p = x.read();
    BOOST_REQUIRE(p);
    if (!*p)
      return result;
    ++result;
  }
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(source_tests)

BOOST_AUTO_TEST_CASE(a_file_gives_its_packets_and_says_what_they_are) {
  auto x = source::open(at(test::clip("a.mp4", "320x180", "25", h264)));
  BOOST_REQUIRE(x);
  BOOST_TEST(x->codec().codec == "h264");
  BOOST_TEST(x->codec().width == 320);
  BOOST_TEST(x->codec().height == 180);
  BOOST_TEST(x->codec().fps == 25.0, boost::test_tools::tolerance(0.01));
  BOOST_TEST(!x->codec().extradata.empty());
  BOOST_TEST(!x->live());
  BOOST_TEST(count(*x) == 60u);
}

BOOST_AUTO_TEST_CASE(a_file_may_begin_again_and_its_times_go_on) {
  auto config = at(test::clip("a.mp4", "320x180", "25", h264));
  config.loop = true;
  auto x = source::open(config);
  BOOST_REQUIRE(x);
  auto last = no_time;
  for (int i = 0; i < 150; ++i) {
    auto p = x->read();
    BOOST_REQUIRE((p && *p));
    BOOST_TEST((*p)->pts_us == i * 40'000, "packet " << i);
    BOOST_TEST((*p)->dts_us > last);
    last = (*p)->dts_us;
  }
}

BOOST_AUTO_TEST_CASE(a_file_in_real_time_takes_its_time_and_is_live) {
  auto config = at(test::clip("short.mp4", "320x180", "50", h264, 20));
  config.real_time = true;
  auto x = source::open(config);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->live());
  auto start = std::chrono::steady_clock::now();
  BOOST_TEST(count(*x) == 20u);
  auto took = std::chrono::steady_clock::now() - start;
  BOOST_TEST((took >= 370ms)); // 19 distances of 20 ms
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named_with_its_cause) {
  auto text = error_of(at("/nowhere/a.mp4"));
  BOOST_TEST(contains(text, "io: failed to open /nowhere/a.mp4: No such file"),
             text);
  test::temp_dir folder;
  auto empty = folder.path("empty.mp4");
  std::ofstream{empty}.close();
  BOOST_TEST(contains(error_of(at(empty)), "io: failed to open"));
  auto sound = folder.path("sound.wav");
  test::ffmpeg("-f lavfi -i sine=duration=1 " + sound);
  text = error_of(at(sound));
  BOOST_TEST(contains(text, "codec: failed to open"), text);
  BOOST_TEST(contains(text, "no video stream"), text);
  auto config = at(sound);
  config.format = "nonsense";
  text = error_of(config);
  BOOST_TEST(contains(text, "bad_config"), text);
}

BOOST_AUTO_TEST_CASE(a_cover_picture_is_not_the_video) {
  test::temp_dir folder;
  auto cover = folder.path("cover.png");
  auto song = folder.path("song.mp3");
  test::ffmpeg("-f lavfi -i color=red:size=64x64 -frames:v 1 " + cover);
  test::ffmpeg("-f lavfi -i sine=duration=1 -i " + cover
               + " -map 0 -map 1 -c:v copy -disposition:v attached_pic "
               + song);
  BOOST_TEST(contains(error_of(at(song)), "no video stream"));
}

BOOST_AUTO_TEST_CASE(a_device_that_gives_raw_pictures_is_read_and_decoded) {
  // FFmpeg's lavfi device stands for a camera: raw pictures, all intra.
  auto config = at("testsrc2=size=160x90:rate=25:duration=1,format=yuyv422");
  config.format = "lavfi";
  auto in = test::segments_of(config);
  BOOST_REQUIRE(!in.empty());
  BOOST_TEST(in.front().codec.codec == "rawvideo");
  decoder uut{{5, 1, true}};
  size_t frames = 0;
  for (auto& x : in) {
    auto out = uut.decode(x);
    BOOST_TEST(!out.problem);
    frames += out.frames.size();
  }
  BOOST_TEST(frames == 5u);
}

BOOST_AUTO_TEST_CASE(a_stopped_source_returns_at_once) {
  auto stop = std::make_shared<std::atomic<bool>>(true);
  auto config = at(test::clip("short.mp4", "320x180", "50", h264, 20));
  config.real_time = true;
  auto x = source::open(config, stop);
  if (x) {
    auto p = x->read();
    BOOST_REQUIRE(!p);
    BOOST_TEST(contains(describe(p.error()), "cancelled"));
  } else {
    BOOST_TEST(contains(describe(x.error()), "cancelled"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
