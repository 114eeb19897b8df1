#include "runtime/policy/turns.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture {
  turns uut;

  uint64_t start(caf::timespan now = 0s) {
    return uut.next_start(now).value_or(99);
  }

  uint64_t stop() {
    return uut.next_stop().value_or(99);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(turns_tests, fixture)

BOOST_AUTO_TEST_CASE(the_next_starts_when_the_one_before_is_ready) {
  uut.want_start(2);
  uut.want_start(1);
  BOOST_TEST(start() == 1u);
  BOOST_TEST(start() == 99u);
  BOOST_TEST(!uut.wake().has_value());
  uut.started(2); // not its turn
  BOOST_TEST(start() == 99u);
  uut.started(1);
  BOOST_TEST(start() == 2u);
}

BOOST_AUTO_TEST_CASE(who_ended_before_it_was_ready_holds_nobody_up) {
  uut.want_start(1);
  uut.want_start(2);
  start();
  uut.ended(1);
  BOOST_TEST(start() == 2u);
}

BOOST_AUTO_TEST_CASE(they_stop_in_reverse_each_when_the_one_before_ended) {
  for (uint64_t id : {1, 2, 3})
    uut.want_stop(id);
  uut.stop_not(2);
  BOOST_TEST(stop() == 3u);
  BOOST_TEST(stop() == 99u);
  uut.ended(3);
  BOOST_TEST(stop() == 1u);
}

BOOST_AUTO_TEST_CASE(nobody_starts_while_somebody_is_to_stop) {
  uut.want_stop(2);
  uut.want_start(1);
  BOOST_TEST(start() == 99u);
  BOOST_TEST(stop() == 2u);
  BOOST_TEST(start() == 99u);
  uut.ended(2);
  BOOST_TEST(start() == 1u);
}

BOOST_AUTO_TEST_CASE(a_rest_is_kept_and_the_longest_holds) {
  uut.want_start(1);
  uut.rest_until(5s);
  uut.rest_until(2s);
  BOOST_CHECK(uut.wake() == caf::timespan{5s});
  BOOST_TEST(start(4s) == 99u);
  BOOST_TEST(start(5s) == 1u);
}

BOOST_AUTO_TEST_CASE(once_closed_nobody_starts) {
  uut.want_start(1);
  uut.close();
  uut.want_start(2);
  BOOST_TEST(start() == 99u);
  uut.want_stop(1);
  BOOST_TEST(stop() == 1u);
}

BOOST_AUTO_TEST_CASE(who_is_taken_off_does_not_start) {
  uut.want_start(1);
  uut.start_not(1);
  BOOST_TEST(start() == 99u);
}

BOOST_AUTO_TEST_SUITE_END()
