#include "runtime/pulse.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// Runs `f` in a thread that has a pulse under this id.
template <class F>
void in_thread(uint64_t id, F f) {
  std::thread{[=] {
    begin_pulse(id);
    f();
  }}.join();
}

} // namespace

BOOST_AUTO_TEST_SUITE(pulse_tests)

BOOST_AUTO_TEST_CASE(beats_count_for_the_thread_that_beats) {
  in_thread(1001, [] {
    auto mine = pulse_of(1001);
    BOOST_REQUIRE(mine);
    beat();
    in_thread(1002, [] {
      beat();
      BOOST_TEST(pulse_of(1002)->beats == 1u);
    });
    beat();
    BOOST_TEST(mine->beats == 2u);
  });
}

BOOST_AUTO_TEST_CASE(a_pulse_ends_with_its_thread) {
  in_thread(1003, [] {});
  BOOST_TEST(!pulse_of(1003));
}

BOOST_AUTO_TEST_CASE(a_thread_without_a_pulse_may_say_what_it_likes) {
  std::thread{[] {
    beat();
    long_step allow{1min};
  }}.join();
}

BOOST_AUTO_TEST_CASE(the_longest_of_nested_steps_holds_until_it_ends) {
  in_thread(1004, [] {
    auto mine = pulse_of(1004);
    auto allowed = [&] { return caf::timespan{mine->allowed.load()}; };
    {
      long_step outer{1min};
      {
        long_step inner{1s};
        BOOST_TEST((allowed() == 1min));
      }
      BOOST_TEST((allowed() == 1min));
    }
    BOOST_TEST((allowed() == 0s));
    BOOST_TEST(mine->beats == 4u); // each begins and ends with a step done
  });
}

BOOST_AUTO_TEST_SUITE_END()
