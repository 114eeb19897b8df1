#include "runtime/error.hpp"
#include "runtime/media/keyframe_store.hpp"
#include "support/clips.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace vpaas;

namespace {

constexpr decoder_config every_fifth{5, 1, true};

struct fixture {
  // 60 frames in three open GOPs: the first pictures of the second and third
  // are predicted from the GOP before.
  std::vector<segment> segments = [] {
    source_config config;
    config.url = test::clip("store.mp4", "320x180", "25",
                            "-c:v libx264 -preset fast -threads 1 -g 20 -bf 3 "
                            "-sc_threshold 0 -flags -cgop "
                            "-x264-params open-gop=1");
    segment_limits limits;
    limits.min_time = std::chrono::milliseconds{100};
    limits.part_time = std::chrono::milliseconds{300};
    return test::segments_of(config, limits);
  }();

  std::vector<frame> fill(keyframe_store& uut) const {
    decoder in{every_fifth};
    std::vector<frame> result;
    auto take = [&](const decoded& x) {
      for (auto& f : x.frames) {
        uut.add(f);
        result.push_back(f);
      }
    };
    for (auto& x : segments) {
      uut.add(x);
      take(in.decode(x));
    }
    take(in.finish());
    return result;
  }
};

bool same(const frame& a, const frame& b) {
  for (int i = 0; i < 3; ++i) {
    auto p = a.component(i);
    auto q = b.component(i);
    for (int y = 0; y < p.height; ++y)
      if (std::memcmp(p.data + y * p.stride, q.data + y * q.stride,
                      static_cast<size_t>(p.width))
          != 0)
        return false;
  }
  return true;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(keyframe_store_tests, fixture)

BOOST_AUTO_TEST_CASE(within_the_bound_frames_are_handed_out_as_they_are) {
  keyframe_store uut{{1 << 30, 1 << 30}, every_fifth};
  auto frames = fill(uut);
  BOOST_REQUIRE(frames.size() == 12u);
  for (auto& x : frames)
    BOOST_TEST((test::value_of(uut.get(x.number())) == x));
  BOOST_TEST(uut.counters().decoded_again == 0u);
  BOOST_TEST(uut.counters().keyframes == 12u);
}

BOOST_AUTO_TEST_CASE(beyond_the_bound_pixels_are_made_again_bit_for_bit) {
  keyframe_store roomy{{1 << 30, 1 << 30}, every_fifth};
  auto one = fill(roomy).front().bytes();
  keyframe_store uut{{3 * one, 1 << 30}, every_fifth};
  auto frames = fill(uut);
  BOOST_TEST(uut.counters().pixel_bytes <= 3 * one);
  BOOST_TEST(uut.counters().evicted >= 9u);
  for (auto& x : frames) {
    BOOST_TEST(same(test::value_of(uut.get(x.number())), x),
               "frame " << x.number());
    BOOST_TEST(uut.counters().pixel_bytes <= 3 * one);
  }
  BOOST_TEST(uut.counters().decoded_again > 0u);
}

BOOST_AUTO_TEST_CASE(what_is_released_is_gone_with_its_segments) {
  keyframe_store uut{{1 << 30, 1 << 30}, every_fifth};
  fill(uut);
  auto all = uut.counters().compressed_bytes;
  uut.release(45);
  BOOST_TEST(uut.counters().keyframes == 2u);
  BOOST_TEST(uut.counters().compressed_bytes < all);
  BOOST_TEST((uut.get(45).error() == ec::not_found));
  BOOST_TEST(test::value_of(uut.get(50)).number() == 50u);
  uut.release(1000);
  BOOST_TEST(uut.counters().keyframes == 0u);
  BOOST_TEST(uut.counters().pixel_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(what_nobody_releases_is_forgotten_oldest_first) {
  size_t all = 0;
  for (auto& x : segments)
    all += x.bytes.size();
  keyframe_store uut{{1 << 30, all / 2}, every_fifth};
  auto frames = fill(uut);
  BOOST_TEST(uut.counters().compressed_bytes <= all / 2);
  BOOST_TEST(uut.counters().forgotten > 3u);
  BOOST_TEST(uut.counters().forgotten + uut.counters().keyframes
             == frames.size());
  BOOST_TEST((uut.get(0).error() == ec::not_found));
}

BOOST_AUTO_TEST_SUITE_END()
