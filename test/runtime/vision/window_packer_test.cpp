#include "runtime/vision/window_packer.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <set>

using namespace vpaas;

namespace {

wanted_picture picture(std::vector<wanted_place> places) {
  return {1280, 720, std::move(places)};
}

/// A box of so many pixels of that picture.
box pixels(float x, float y, float w, float h) {
  return {x / 1280, y / 720, (x + w) / 1280, (y + h) / 720};
}

void check_rect(const pixel_rect& x, int left, int top, int width, int height) {
  BOOST_TEST(x.x == left);
  BOOST_TEST(x.y == top);
  BOOST_TEST(x.width == width);
  BOOST_TEST(x.height == height);
}

bool overlap(const packed_window& a, const packed_window& b) {
  return a.page == b.page && a.x < b.x + b.from.width
         && b.x < a.x + a.from.width && a.y < b.y + b.from.height
         && b.y < a.y + a.from.height;
}

} // namespace

BOOST_AUTO_TEST_SUITE(window_packer_tests)

BOOST_AUTO_TEST_CASE(a_window_is_twice_the_place_on_the_grid) {
  // 40 x 60 at (300, 400): pad 30, 270..370 to 256..384, 370..490 to 352..512.
  auto m = pack_windows({picture({{pixels(300, 400, 40, 60), 1}})});
  BOOST_REQUIRE(m.windows.size() == 1u);
  check_rect(m.windows[0].from, 256, 352, 128, 160);
  BOOST_TEST(m.windows[0].x == 0);
  BOOST_TEST(m.heights == std::vector<int>{160},
             boost::test_tools::per_element());
  // A tiny one has 8 pixels around it: 92..108 to 64..128, twice.
  m = pack_windows({picture({{pixels(100, 100, 1, 1), 1}})});
  check_rect(m.windows[0].from, 64, 64, 64, 64);
}

BOOST_AUTO_TEST_CASE(the_edge_of_the_picture_cuts_a_window) {
  // 720 is no multiple of 32: the last window reaches to 736.
  auto m = pack_windows(
    {picture({{pixels(0, 0, 20, 20), 1}, {pixels(1260, 700, 20, 20), 1}})});
  BOOST_REQUIRE(m.windows.size() == 2u);
  std::sort(m.windows.begin(), m.windows.end(),
            [](auto& a, auto& b) { return a.from.x < b.from.x; });
  check_rect(m.windows[0].from, 0, 0, 32, 32);
  check_rect(m.windows[1].from, 1248, 672, 32, 64);
}

BOOST_AUTO_TEST_CASE(a_long_window_keeps_its_middle) {
  // 500 wide with a pad of 250: 150..1150, whose middle is 650.
  auto m = pack_windows({picture({{pixels(400, 300, 500, 20), 1}})});
  auto& x = m.windows[0].from;
  BOOST_TEST(x.width == 416);
  BOOST_TEST(x.x == 416);
  BOOST_TEST(x.height == 416);
}

BOOST_AUTO_TEST_CASE(the_best_are_taken_until_the_budget_is_spent) {
  packing_config how;
  how.budget = 2 * 64 * 64;
  auto places = {wanted_place{pixels(100, 100, 1, 1), .2f},
                 wanted_place{pixels(420, 100, 1, 1), .3f},
                 wanted_place{pixels(700, 100, 300, 1), .9f}, // too large
                 wanted_place{pixels(1060, 100, 1, 1), .4f}};
  auto m = pack_windows({picture(places)}, how);
  std::set<size_t> taken;
  for (auto& x : m.windows)
    taken.insert(x.places.begin(), x.places.end());
  BOOST_TEST((taken == std::set<size_t>{1, 3}));
  how.budget = 0;
  m = pack_windows({picture(places)}, how);
  BOOST_TEST(m.windows.empty());
  BOOST_TEST(m.heights.empty());
}

BOOST_AUTO_TEST_CASE(windows_merge_where_that_costs_nothing) {
  // Two that overlap by half of their 64 x 64 pixels become one of 96 x 64.
  auto m = pack_windows(
    {picture({{pixels(100, 100, 1, 1), 1}, {pixels(130, 100, 1, 1), .5f}})});
  BOOST_REQUIRE(m.windows.size() == 1u);
  check_rect(m.windows[0].from, 64, 64, 96, 64);
  BOOST_TEST(m.windows[0].places == (std::vector<size_t>{0, 1}),
             boost::test_tools::per_element());
  // The same places of two pictures stay apart.
  m = pack_windows({picture({{pixels(100, 100, 1, 1), 1}}),
                    picture({{pixels(100, 100, 1, 1), 1}})});
  BOOST_REQUIRE(m.windows.size() == 2u);
  BOOST_TEST(m.windows[0].x != m.windows[1].x);
  BOOST_TEST(m.heights.size() == 1u);
}

BOOST_AUTO_TEST_CASE(any_places_give_windows_that_hold_the_laws) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> real(0, 1);
  for (int round = 0; round < 300; ++round) {
    packing_config how;
    how.budget = int64_t(random() % 400000);
    if (round % 3 == 0) {
      how.canvas = 320;
      how.page = 320;
    }
    std::vector<wanted_picture> xs(1 + random() % 3);
    for (auto& x : xs) {
      x = {100 + int(random() % 1200), 60 + int(random() % 680), {}};
      for (auto n = random() % 40; n > 0; --n) {
        auto left = real(random), top = real(random);
        x.places.push_back({{left, top, left + (1 - left) * real(random) / 3,
                             top + (1 - top) * real(random) / 3},
                            real(random)});
      }
    }
    auto m = pack_windows(xs, how);
    auto most
      = std::min({how.most, how.canvas, how.page > 0 ? how.page : 4096});
    std::vector<std::set<size_t>> seen(xs.size());
    for (size_t i = 0; i < m.windows.size(); ++i) {
      auto& x = m.windows[i];
      for (auto v : {x.x, x.y, x.from.x, x.from.y, x.from.width, x.from.height})
        BOOST_REQUIRE(v % how.align == 0);
      BOOST_REQUIRE(x.from.width > 0 && x.from.width <= most);
      BOOST_REQUIRE(x.from.height > 0 && x.from.height <= most);
      BOOST_REQUIRE(x.x + x.from.width <= how.canvas);
      BOOST_REQUIRE(x.y + x.from.height <= m.heights.at(x.page));
      BOOST_REQUIRE(x.from.x >= 0 && x.from.y >= 0);
      auto& from = xs[x.picture];
      BOOST_REQUIRE(x.from.x + x.from.width < from.width + how.align);
      BOOST_REQUIRE(x.from.y + x.from.height < from.height + how.align);
      for (auto place : x.places) {
        BOOST_REQUIRE(seen[x.picture].insert(place).second);
        auto& b = from.places[place].where;
        auto at = (b.x0 + b.x1) / 2 * float(from.width);
        BOOST_REQUIRE(at >= float(x.from.x));
        BOOST_REQUIRE(at <= float(x.from.x + x.from.width));
      }
      for (size_t k = 0; k < i; ++k)
        BOOST_REQUIRE(!overlap(x, m.windows[k]));
    }
    for (size_t i = 0; i < xs.size(); ++i) {
      int64_t area = 0;
      for (auto& x : m.windows)
        area += x.picture == i ? x.from.area() : 0;
      BOOST_REQUIRE(area <= how.budget); // merging never costs more
    }
    for (auto h : m.heights)
      BOOST_REQUIRE(how.page == 0 || h <= how.page);
  }
}

BOOST_AUTO_TEST_SUITE_END()
