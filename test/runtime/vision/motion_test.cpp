#include "runtime/vision/motion.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

BOOST_AUTO_TEST_SUITE(motion_tests)

// F P F' + Q with F = [1 2; 0 1], P = [1 .5; .5 4], Q = 3 [8/3 2; 2 2]:
// [1 + 2 * 2 * .5 + 4 * 4 + 8, .5 + 2 * 4 + 6; ., 4 + 6].
BOOST_AUTO_TEST_CASE(uncertainty_grows_with_time) {
  motion x{10, 3, 1, 4, .5f};
  x.predict(2, 3);
  BOOST_TEST(x.place == 16);
  BOOST_TEST(x.speed == 3);
  BOOST_TEST(x.place_var == 27, tt::tolerance(1e-5f));
  BOOST_TEST(x.covariance == 14.5f, tt::tolerance(1e-5f));
  BOOST_TEST(x.speed_var == 10, tt::tolerance(1e-5f));
}

// Gain K = [3; 2] / (3 + 1) = [.75; .5], error 8: place + 6, speed + 4;
// P - K [3 2]: [3 - 2.25, 2 - 1.5; ., 5 - 1].
BOOST_AUTO_TEST_CASE(a_measured_place_tells_the_speed_too) {
  motion x{10, 1, 3, 5, 2};
  x.update(18, 1);
  BOOST_TEST(x.place == 16, tt::tolerance(1e-5f));
  BOOST_TEST(x.speed == 5, tt::tolerance(1e-5f));
  BOOST_TEST(x.place_var == .75f, tt::tolerance(1e-5f));
  BOOST_TEST(x.covariance == .5f, tt::tolerance(1e-5f));
  BOOST_TEST(x.speed_var == 4, tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_SUITE_END()
