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
