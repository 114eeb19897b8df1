#include "runtime/policy/restart.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(restart_tests)

BOOST_AUTO_TEST_CASE(giving_up_counts_the_restarts_within_the_period) {
  // OTP's supervisor: more than MaxR restarts within MaxT seconds.
  std::deque<caf::timespan> at{1s, 5s, 9s};
  BOOST_TEST(!gives_up(at, 9s, 3, 10s));
  BOOST_TEST(gives_up(at, 9s, 2, 10s));
  BOOST_TEST(!gives_up(at, 9s, 2, 7s)); // the first one is 8 s old
  BOOST_TEST(gives_up(at, 9s, 2, 8s));
  BOOST_TEST(gives_up({9s}, 9s, 0, 1s)); // 0 bears no restart
}

BOOST_AUTO_TEST_CASE(the_delay_doubles_up_to_its_cap_with_half_of_it_jitter) {
  BOOST_TEST((restart_delay(50ms, 5s, 0, 0) == 25ms));
  BOOST_TEST((restart_delay(50ms, 5s, 3, 0) == 200ms));
  BOOST_TEST((restart_delay(50ms, 5s, 3, .5) == 300ms));
  BOOST_TEST((restart_delay(50ms, 5s, 1000000, 0) == 2500ms));
  BOOST_TEST((restart_delay(50ms, 5s, 1000000, .999999) < 5s));
}

BOOST_AUTO_TEST_SUITE_END()
