#include "runtime/media/cut_out.hpp"

#include "runtime/error.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using test::value_of;

namespace {

/// Y is the column, U and V are the row.
frame gradient(int width, int height) {
  std::vector<uint8_t> y, c;
  for (int i = 0; i < height; ++i)
    for (int j = 0; j < width; ++j)
      y.push_back(uint8_t(j));
  for (int i = 0; i < (height + 1) / 2; ++i)
    for (int j = 0; j < (width + 1) / 2; ++j)
      c.push_back(uint8_t(i));
  auto w = (width + 1) / 2, h = (height + 1) / 2;
  frame_info info;
  info.number = 7;
  return value_of(
    frame::copy({plane{y.data(), width, width, height},
                 plane{c.data(), w, w, h}, plane{c.data(), w, w, h}},
                info));
}

} // namespace

BOOST_AUTO_TEST_SUITE(cut_out_tests)

BOOST_AUTO_TEST_CASE(a_place_is_cut_with_its_surroundings) {
  auto x = value_of(cut_out(gradient(200, 100), {.5f, .25f, .75f, .75f}, .25f));
  // 50 pixels and 12.5 on each side, of columns and rows.
  BOOST_TEST(x.width() == 77);
  BOOST_TEST(x.height() == 76);
  BOOST_TEST(int(x.component(0).data[0]) == 86);
  BOOST_TEST(int(x.component(1).data[0]) == 6);
  BOOST_TEST(x.number() == 7u);
}

BOOST_AUTO_TEST_CASE(a_small_place_shows_more_around_it) {
  auto x = value_of(cut_out(gradient(200, 100), {.5f, .5f, .51f, .51f}, 0));
  BOOST_TEST(x.width() >= 32);
  BOOST_TEST(x.width() <= 34);
}

BOOST_AUTO_TEST_CASE(at_the_edge_the_frame_ends) {
  auto x = value_of(cut_out(gradient(101, 51), {.9f, .9f, 1, 1}, 1));
  BOOST_TEST(int(x.component(0).data[x.width() - 1]) == 100);
  auto all = value_of(cut_out(gradient(101, 51), {-1, -1, 2, 2}, 0));
  BOOST_TEST(all.width() == 101);
  BOOST_TEST(all.height() == 51);
  auto outside = value_of(cut_out(gradient(64, 64), {5, 5, 6, 6}, 0));
  BOOST_TEST(outside.width() >= 1);
}

BOOST_AUTO_TEST_CASE(of_nothing_nothing_is_cut) {
  BOOST_TEST((cut_out({}, {0, 0, 1, 1}, 0).error() == ec::bad_input));
}

BOOST_AUTO_TEST_SUITE_END()
