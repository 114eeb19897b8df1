#include "runtime/policy/link_health.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture {
  link_profile how = lan_profile(); // 200 ms; suspect 500, down 1000
  link_health uut{how, 10s};

  fixture() {
    uut.begin(10s);
  }

  /// Ticks until then as a process that is not held up.
  liveness until(caf::timespan to) {
    auto result = liveness::alive;
    for (; now < to; now += uut.period())
      result = uut.tick(now + uut.period());
    return result;
  }

  caf::timespan now = 10s;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(link_health_tests, fixture)

BOOST_AUTO_TEST_CASE(silence_makes_it_suspect_and_then_dead) {
  BOOST_CHECK(until(10400ms) == liveness::alive);
  BOOST_CHECK(until(10500ms) == liveness::suspect);
  BOOST_CHECK(until(10900ms) == liveness::suspect);
  BOOST_CHECK(until(11s) == liveness::dead);
}

BOOST_AUTO_TEST_CASE(what_comes_from_it_says_that_it_lives) {
  until(10500ms);
  uut.seen(10500ms);
  BOOST_CHECK(until(10900ms) == liveness::alive);
}

BOOST_AUTO_TEST_CASE(a_process_that_stood_still_blames_nobody) {
  BOOST_CHECK(uut.tick(70s) == liveness::alive); // 60 s, less one heartbeat
  BOOST_CHECK(uut.tick(70100ms) == liveness::alive);
}

BOOST_AUTO_TEST_CASE(its_heart_is_asked_once_a_heartbeat) {
  BOOST_TEST(uut.beats(10s));
  BOOST_TEST(!uut.beats(10100ms));
  BOOST_TEST(uut.beats(10200ms));
}

BOOST_AUTO_TEST_CASE(round_trips_are_smoothed_and_the_shortest_kept) {
  uut.answered(10s, 10008ms);
  BOOST_TEST(uut.rtt_ms() == 8.);
  uut.answered(11s, 11016ms);
  BOOST_TEST(uut.rtt_ms() == 9.); // 7/8 of 8, and 1/8 of 16
  BOOST_TEST(uut.min_rtt_ms() == 8.);
  uut.begin(12s);
  BOOST_TEST(uut.min_rtt_ms() == 0.);
  BOOST_TEST(uut.rtt_ms() == 9.);
}

BOOST_AUTO_TEST_SUITE_END()
