#include "runtime/policy/rate_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rate_limit_tests)

BOOST_AUTO_TEST_CASE(some_at_once_then_so_many_a_second) {
  rate_limit uut{10, 30};
  auto taken = 0;
  for (int i = 0; i < 100; ++i)
    taken += uut.take("a", 1h);
  BOOST_TEST(taken == 30);
  for (int i = 0; i < 100; ++i)
    taken += uut.take("a", 1h + 1s);
  BOOST_TEST(taken == 40);
  BOOST_TEST(uut.take("b", 1h + 1s));
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_gives_nothing) {
  rate_limit uut{10, 1};
  BOOST_TEST(uut.take("a", 2h));
  BOOST_TEST(!uut.take("a", 1h));
}

BOOST_AUTO_TEST_CASE(many_visitors_take_no_more_memory) {
  rate_limit uut{1, 1, 100};
  for (int i = 0; i < 1000; ++i)
    uut.take(std::to_string(i), 1h);
  BOOST_TEST(uut.size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
