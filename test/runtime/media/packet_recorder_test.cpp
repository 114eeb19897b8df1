#include "runtime/media/packet_recorder.hpp"

#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "support/clips.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace vpaas;

namespace {

source_config at(const std::string& url) {
  source_config result;
  result.url = url;
  return result;
}

/// Copies a whole source; the number of packets.
size_t record(const std::string& url, const std::string& path) {
  auto from = source::open(at(url));
  BOOST_REQUIRE(from);
  auto to = packet_recorder::open(path, from->codec());
  BOOST_REQUIRE(to);
  for (auto p = from->read(); p && *p; p = from->read())
    BOOST_REQUIRE(!to->add(**p));
  BOOST_REQUIRE(!to->finish());
  return to->frames();
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

} // namespace

BOOST_AUTO_TEST_SUITE(packet_recorder_tests)

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
  codec_parameters h264;
  h264.codec = "h264";
  h264.width = h264.height = 64;
  auto x = packet_recorder::open("/nowhere/a.mp4", h264);
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::io));
  BOOST_TEST(describe(x.error()).find("/nowhere/a.mp4") != std::string::npos);
  test::temp_dir folder;
  h264.codec = "rawvideo";
  auto y = packet_recorder::open(folder.path("raw.mp4"), h264);
  BOOST_REQUIRE(!y);
  BOOST_TEST((y.error() == ec::codec), describe(y.error()));
}

BOOST_AUTO_TEST_SUITE_END()
