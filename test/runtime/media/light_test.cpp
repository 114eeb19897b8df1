#include "runtime/media/light.hpp"

#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(light_tests)

BOOST_AUTO_TEST_CASE(grey_levels_are_of_the_full_range) {
  BOOST_TEST(light_of(test::grey(64, 32, 16)) == 0.f);
  BOOST_TEST(light_of(test::grey(64, 32, 235)) == 255.f);
  // (126 - 16) * 255 / 219
  BOOST_TEST(light_of(test::grey(64, 32, 126)) == 128.0822f,
             boost::test_tools::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(the_smallest_pictures_have_a_light_and_none_has_none) {
  BOOST_TEST(light_of(test::grey(2, 2, 235)) == 255.f);
  BOOST_TEST(light_of({}) == 0.f);
}

BOOST_AUTO_TEST_SUITE_END()
