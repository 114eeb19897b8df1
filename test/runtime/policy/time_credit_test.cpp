#include "runtime/policy/time_credit.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

/// Somebody who answers one after the other, each after `service`, and is
/// `trip` away. Returns the longest wait of the last half of so many.
caf::timespan longest_wait(time_credit& uut, size_t n, caf::timespan service,
                           caf::timespan trip = 0s) {
  struct job {
    caf::timespan sent, done;
    size_t ahead;
  };
  std::deque<job> on_its_way;
  caf::timespan now{0}, free{0}, longest{0};
  for (size_t sent = 0; sent < n || !on_its_way.empty();) {
    if (sent < n && on_its_way.size() < uut.window()) {
      free = std::max(free, now + trip / 2) + service;
      on_its_way.push_back({now, free + trip / 2, on_its_way.size() + 1});
      ++sent;
      continue;
    }
    auto x = on_its_way.front();
    on_its_way.pop_front();
    now = x.done;
    uut.answered(x.ahead, now - x.sent);
    if (sent > n / 2)
      longest = std::max(longest, now - x.sent);
  }
  return longest;
}

} // namespace

BOOST_AUTO_TEST_SUITE(time_credit_tests)

BOOST_AUTO_TEST_CASE(it_begins_with_few) {
  time_credit uut{2500ms};
  BOOST_TEST(uut.window() == 8u);
}

// 2.5 s at 0.25 s each are ten.
BOOST_AUTO_TEST_CASE(what_is_on_its_way_fits_into_the_budget) {
  time_credit uut{2500ms};
  auto wait = longest_wait(uut, 200, 250ms);
  BOOST_TEST(uut.window() == 10u);
  BOOST_TEST((wait <= 2500ms));
  BOOST_TEST((wait >= 2s)); // and it is used
}

BOOST_AUTO_TEST_CASE(who_is_four_times_slower_gets_a_quarter) {
  time_credit uut{2500ms};
  longest_wait(uut, 200, 250ms);
  auto wait = longest_wait(uut, 200, 1s);
  BOOST_TEST(uut.window() == 2u);
  BOOST_TEST((wait <= 2500ms));
}

// The trip is part of the wait, and shrinks in the estimate as the window
// opens.
BOOST_AUTO_TEST_CASE(a_long_trip_is_not_taken_for_work) {
  time_credit uut{2500ms};
  auto wait = longest_wait(uut, 500, 10ms, 300ms);
  BOOST_TEST(uut.window() > 50u);
  BOOST_TEST((wait <= 2800ms));
}

BOOST_AUTO_TEST_CASE(who_needs_longer_than_the_budget_gets_one_at_a_time) {
  time_credit uut{2500ms};
  uut.answered(1, 20s);
  BOOST_TEST(uut.window() == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_in_no_time_is_measured) {
  time_credit uut{2500ms};
  uut.answered(1, 0s);
  BOOST_TEST(uut.window() > 1'000'000u);
}

BOOST_AUTO_TEST_SUITE_END()
