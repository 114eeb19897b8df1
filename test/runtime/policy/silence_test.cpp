#include "runtime/policy/silence.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// How many ticks without an answer it takes, at most 1000.
int ticks(silence& x, uint64_t beats = 0, caf::timespan allowed = 0s) {
  int result = 1;
  while (!x.tick(beats, allowed) && result < 1000)
    ++result;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(silence_tests)

BOOST_AUTO_TEST_CASE(four_quarters_of_the_bound_are_borne) {
  silence uut{8s};
  BOOST_TEST((uut.period() == 2s));
  BOOST_TEST(ticks(uut) == 5);
}

BOOST_AUTO_TEST_CASE(an_answer_starts_anew) {
  silence uut{8s};
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(!uut.tick(0, 0s));
  uut.broken();
  BOOST_TEST(ticks(uut) == 5);
}

BOOST_AUTO_TEST_CASE(a_step_of_long_work_is_a_sign_of_life) {
  silence uut{8s};
  for (uint64_t i = 1; i < 100; ++i)
    BOOST_TEST(!uut.tick(i, 0s));
  BOOST_TEST(ticks(uut, 99) == 4); // the last beat was seen a tick ago
}

BOOST_AUTO_TEST_CASE(a_step_may_take_as_long_as_it_says) {
  silence uut{8s};
  BOOST_TEST(ticks(uut, 0, 1min) == 31);
  silence lower{8s};
  BOOST_TEST(ticks(lower, 0, 1s) == 5); // it never makes it shorter
}

BOOST_AUTO_TEST_CASE(the_shortest_bound_has_a_period) {
  silence uut{0ns};
  BOOST_TEST((uut.period() > 0ns));
}

BOOST_AUTO_TEST_SUITE_END()
