#include "runtime/media/overlay.hpp"

#include "runtime/error.hpp"
#include "support/expect.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

// Columns 16 to 31, rows 8 to 15 of 64 x 32.
constexpr box place{.25f, .25f, .5f, .5f};

} // namespace

BOOST_AUTO_TEST_SUITE(overlay_tests)

BOOST_AUTO_TEST_CASE(a_mask_leaves_only_the_places) {
  auto x = mask(grey(64, 32, 200, 7), {place});
  BOOST_TEST_REQUIRE(why(x) == "");
  BOOST_TEST(x->number() == 7u);
  BOOST_TEST(luma_at(*x, 16, 8) == 200);
  BOOST_TEST(luma_at(*x, 31, 15) == 200);
  BOOST_TEST(luma_at(*x, 15, 8) == 16); // black of a narrow range
  BOOST_TEST(luma_at(*x, 32, 15) == 16);
  BOOST_TEST(luma_at(*x, 31, 16) == 16);
  auto nothing = mask(grey(64, 32, 200), {});
  BOOST_TEST(luma_at(*nothing, 20, 10) == 16);
}

BOOST_AUTO_TEST_CASE(places_at_the_edge_are_cut) {
  auto x = mask(grey(30, 18, 200), {{-1, -1, 3, 3}, {.9f, .9f, 1.2f, 1.1f}});
  BOOST_TEST_REQUIRE(why(x) == "");
  BOOST_TEST(luma_at(*x, 0, 0) == 200);
  BOOST_TEST(luma_at(*x, 29, 17) == 200);
  auto odd = mask(grey(31, 17, 200), {{.5f, .5f, 1, 1}});
  BOOST_TEST_REQUIRE(why(odd) == "");
  BOOST_TEST(luma_at(*odd, 30, 16) == 200);
}

BOOST_AUTO_TEST_CASE(the_finer_picture_lies_on_the_other_at_its_places) {
  auto x = paste({grey(64, 32, 50, 7), grey(64, 32, 200, 7), {place}});
  BOOST_TEST_REQUIRE(why(x) == "");
  BOOST_TEST(x->number() == 7u);
  BOOST_TEST(luma_at(*x, 20, 10) == 200);
  BOOST_TEST(luma_at(*x, 15, 10) == 50);
  BOOST_TEST(luma_at(*x, 40, 20) == 50);
}

BOOST_AUTO_TEST_CASE(a_smaller_picture_is_enlarged) {
  auto x = paste({grey(32, 16, 50), grey(64, 32, 200), {place}});
  BOOST_TEST_REQUIRE(why(x) == "");
  BOOST_TEST(x->width() == 64);
  BOOST_TEST(x->height() == 32);
  BOOST_TEST(luma_at(*x, 63, 31) == 50);
  BOOST_TEST(luma_at(*x, 20, 10) == 200);
}

BOOST_AUTO_TEST_CASE(no_picture_is_refused) {
  BOOST_TEST((mask({}, {place}).error() == ec::bad_input));
  BOOST_TEST((paste({grey(8, 8, 1), {}, {}}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_SUITE_END()
