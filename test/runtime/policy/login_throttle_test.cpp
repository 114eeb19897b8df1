#include "runtime/policy/login_throttle.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

constexpr caf::timespan start = 1000h;

struct fixture {
  login_throttle uut{{}};

  /// Guesses wrong, as soon as it may. @returns when the next may follow
  caf::timespan guess_wrong(int times, caf::timespan now = start) {
    for (int i = 0; i < times; ++i) {
      now += uut.wait("eve", now);
      uut.guess("eve", now);
    }
    return now + uut.wait("eve", now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(login_throttle_tests, fixture)

BOOST_AUTO_TEST_CASE(a_few_guesses_are_free) {
  BOOST_TEST((guess_wrong(4) == start));
}

BOOST_AUTO_TEST_CASE(then_each_wait_is_twice_the_last) {
  BOOST_TEST((guess_wrong(5) == start + 1s));
  fixture again;
  BOOST_TEST((again.guess_wrong(8) == start + 1s + 2s + 4s + 8s));
}

BOOST_AUTO_TEST_CASE(a_day_gives_no_more_than_about_a_hundred_guesses) {
  auto n = 0;
  for (auto now = start; now < start + 24h; ++n)
    now = guess_wrong(1, now);
  BOOST_TEST(n > 90);
  BOOST_TEST(n < 115);
}

BOOST_AUTO_TEST_CASE(who_is_right_begins_anew) {
  auto now = guess_wrong(9);
  uut.right("eve");
  BOOST_TEST((uut.wait("eve", now - 1s) == 0s));
  BOOST_TEST((guess_wrong(4, now) == now));
}

BOOST_AUTO_TEST_CASE(others_do_not_wait) {
  guess_wrong(20);
  BOOST_TEST((uut.wait("bob", start) == 0s));
}

BOOST_AUTO_TEST_CASE(an_hour_without_a_guess_is_forgotten) {
  auto now = guess_wrong(6) + 2h;
  uut.guess("eve", now);
  BOOST_TEST((uut.wait("eve", now) == 0s));
}

BOOST_AUTO_TEST_CASE(a_million_names_take_no_more_memory) {
  for (int i = 0; i < 1'000; ++i)
    uut.guess("eve", start); // she is the first to be forgotten
  for (int i = 0; i < 30'000; ++i)
    uut.guess(std::to_string(i), start + 1s + std::chrono::nanoseconds(i));
  BOOST_TEST(uut.size() == 10'000u);
  BOOST_TEST((uut.wait("eve", start + 2s) == 0s));
}

BOOST_AUTO_TEST_SUITE_END()
