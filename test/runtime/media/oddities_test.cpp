#include "support/oddities.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(oddities_tests)

BOOST_AUTO_TEST_CASE(a_sample_of_valid_oddities_equals_ffmpeg) {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    auto x = test::make_oddity(seed);
    BOOST_TEST(test::compare(x) == "", "seed " << seed << ", " << x.what);
  }
}

BOOST_AUTO_TEST_SUITE_END()
