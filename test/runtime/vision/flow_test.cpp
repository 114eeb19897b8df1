#include "runtime/vision/flow.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

constexpr int width = 320, height = 192;

/// A pattern without a period, `right` and `down` pixels further, `larger`
/// times as large around the middle.
grey_pyramid pattern(float right, float down, float larger = 1) {
  std::vector<uint8_t> result;
  for (int i = 0; i < height; ++i)
    for (int k = 0; k < width; ++k) {
      auto x = (float(k) - right - width / 2.f) / larger;
      auto y = (float(i) - down - height / 2.f) / larger;
      auto z = 128 + 40 * std::sin(x / 7) * std::cos(y / 9)
               + 30 * std::sin((x + 2 * y) / 23) + 20 * std::cos(x * y / 900);
      result.push_back(uint8_t(std::lround(z)));
    }
  return {result.data(), width, width, height};
}

} // namespace

BOOST_AUTO_TEST_SUITE(flow_tests)

BOOST_AUTO_TEST_CASE(a_point_is_found_where_its_picture_went) {
  auto a = pattern(0, 0);
  for (auto [right, down] : {std::pair{0.f, 0.f}, {2.5f, -1.25f}, {17, 9}}) {
    auto x = follow(a, pattern(right, down), point{150, 90});
    BOOST_TEST_REQUIRE(bool(x));
    BOOST_TEST(std::abs(x->x - 150 - right) < .15f);
    BOOST_TEST(std::abs(x->y - 90 - down) < .15f);
  }
}

BOOST_AUTO_TEST_CASE(a_box_moves_and_grows_with_what_is_in_it) {
  box where{.375f, .3125f, .625f, .6875f}; // its middle is the picture's
  auto moved = follow(pattern(0, 0), pattern(16, -8), where);
  BOOST_TEST_REQUIRE(bool(moved));
  BOOST_TEST(moved->x0 == where.x0 + 16.f / width, tt::tolerance(.01f));
  BOOST_TEST(moved->y1 == where.y1 - 8.f / height, tt::tolerance(.01f));
  auto grown = follow(pattern(0, 0), pattern(0, 0, 1.2f), where);
  BOOST_TEST_REQUIRE(bool(grown));
  BOOST_TEST(grown->x1 - grown->x0 == .25f * 1.2f, tt::tolerance(.03f));
  BOOST_TEST(grown->y1 - grown->y0 == .375f * 1.2f, tt::tolerance(.03f));
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_seen_nothing_is_said) {
  std::vector<uint8_t> flat(width * height, 90);
  grey_pyramid grey{flat.data(), width, width, height};
  BOOST_TEST(!follow(grey, grey, point{100, 100}));
  BOOST_TEST(!follow(grey, grey, box{.2f, .2f, .4f, .4f}));
  BOOST_TEST(!follow({}, {}, box{.2f, .2f, .4f, .4f}));
}

BOOST_AUTO_TEST_SUITE_END()
