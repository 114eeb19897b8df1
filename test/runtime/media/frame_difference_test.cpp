#include "runtime/media/frame_difference.hpp"

#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

BOOST_AUTO_TEST_SUITE(frame_difference_tests)

BOOST_AUTO_TEST_CASE(a_pixel_counts_above_the_level) {
  auto a = grey(6, 4, 100);
  BOOST_TEST(changed_pixels(a, a, 35) == 0u);
  BOOST_TEST(changed_pixels(a, grey(6, 4, 135), 35) == 0u);
  BOOST_TEST(changed_pixels(a, grey(6, 4, 136), 35) == 24u);
  BOOST_TEST(changed_pixels(a, grey(6, 4, 64), 35) == 24u); // darker too
}

BOOST_AUTO_TEST_CASE(without_a_picture_to_compare_all_has_changed) {
  auto a = grey(6, 4, 100);
  BOOST_TEST(changed_pixels({}, a, 35) == 24u);
  BOOST_TEST(changed_pixels(grey(4, 4, 100), a, 35) == 24u);
  BOOST_TEST(changed_pixels(a, {}, 35) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
