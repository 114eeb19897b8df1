#include "runtime/policy/effort.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

struct fixture {
  effort uut;
  effort::time_point now{};

  /// So many runs on an idle machine.
  void idle(int n) {
    for (; n > 0; --n)
      uut.ran(now += 500ms, 60ms, 60ms);
  }

  double share() {
    return uut.share(now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(effort_tests, fixture)

BOOST_AUTO_TEST_CASE(an_idle_machine_gives_all) {
  BOOST_TEST(share() == 1);
  idle(10);
  BOOST_TEST(share() == 1);
}

BOOST_AUTO_TEST_CASE(a_processor_that_others_want_gives_less) {
  uut.ran(now, 60ms, 41ms); // of 60 ms, .7 are 42
  BOOST_TEST(share() == .7);
  uut.ran(now, 60ms, 43ms);
  BOOST_TEST(share() > .7);
}

BOOST_AUTO_TEST_CASE(a_short_run_says_nothing_of_others) {
  uut.ran(now, 4ms, 1ms);
  BOOST_TEST(share() == 1);
}

BOOST_AUTO_TEST_CASE(a_run_that_holds_results_up_gives_less) {
  uut.ran(now, 151ms, 151ms);
  BOOST_TEST(share() == .7);
}

BOOST_AUTO_TEST_CASE(it_grows_back_in_small_steps) {
  uut.ran(now, 200ms, 200ms);
  idle(1);
  BOOST_TEST(share() == .7 + 1. / 16);
  idle(20);
  BOOST_TEST(share() == 1);
}

BOOST_AUTO_TEST_CASE(where_little_is_too_much_it_rests_and_tries_again) {
  for (auto i = 0; i < 8; ++i) // .7 ^ 8 = .058, below a sixteenth
    uut.ran(now, 200ms, 200ms);
  BOOST_TEST(share() == 0);
  uut.ran(now, 200ms, 200ms); // of a run that did nothing it learns nothing
  now += 999ms;
  BOOST_TEST(share() == 0);
  now += 1ms;
  BOOST_TEST(share() == 1. / 16);
  idle(1);
  BOOST_TEST(share() == 2. / 16);
}

BOOST_AUTO_TEST_SUITE_END()
