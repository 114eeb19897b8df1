#include "runtime/policy/supervision.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture {
  caf::timespan now{0};
  supervision how;
  std::optional<supervision_plan> plan;

  void begin(strategy x, size_t count) {
    how.how = x;
    how.delay = how.max_delay = 4s; // of which 2 s are waited without jitter
    plan.emplace(how, 1s);
    for (size_t i = 0; i < count; ++i)
      add(true);
  }

  uint64_t add(bool initial) {
    supervision_plan::child x;
    x.name = std::string(1, static_cast<char>('a' + plan->children().size()));
    x.initial = initial;
    x.start_timeout = 30s;
    x.grace = 5s;
    return plan->add(x, now);
  }

  ending end(uint64_t id, bool normally = false) {
    return plan->ended(id, normally, "boom", now, 0);
  }

  /// Returns what the plan says now, "+a !b": starts a and kills b. A child
  /// that is started is ready at once.
  std::string go() {
    std::string result;
    while (auto x = plan->next(now)) {
      result += result.empty() ? "" : " ";
      result += "+-!?"[x->what];
      result += static_cast<char>('a' + x->child);
      if (x->what == plan_action::start)
        plan->ready(x->child, now);
    }
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervision_tests, fixture)

BOOST_AUTO_TEST_CASE(it_sleeps_when_all_are_ready) {
  begin(strategy::one_for_one, 3);
  BOOST_TEST(!plan->up());
  BOOST_TEST(go() == "+a +b +c");
  BOOST_TEST(plan->up());
  BOOST_TEST(!plan->wake().has_value());
}

BOOST_AUTO_TEST_CASE(it_wakes_at_the_end_of_a_back_off) {
  begin(strategy::one_for_all, 2);
  go();
  end(1);
  BOOST_TEST(go() == "-a");
  end(0);
  BOOST_TEST(go() == "");
  BOOST_TEST((plan->wake() == caf::timespan{2s}));
  now = 2s;
  BOOST_TEST(go() == "+a +b");
}

BOOST_AUTO_TEST_CASE(a_child_that_does_not_end_is_killed_and_then_abandoned) {
  begin(strategy::one_for_one, 1);
  go();
  plan->halt(now);
  BOOST_TEST(go() == "-a");
  BOOST_TEST((plan->wake() == caf::timespan{5s}));
  now = 5s;
  BOOST_TEST(go() == "!a");
  now = 6s;
  BOOST_TEST(go() == "?a");
  BOOST_TEST(!plan->over());
  end(0);
  BOOST_TEST(plan->over());
}

BOOST_AUTO_TEST_CASE(a_child_without_bounds_is_waited_for) {
  begin(strategy::one_for_one, 0);
  supervision_plan::child x;
  x.name = "supervisor";
  x.initial = true;
  plan->add(x, now);
  go();
  plan->halt(now);
  BOOST_TEST(go() == "-a");
  BOOST_TEST(!plan->wake().has_value());
}

BOOST_AUTO_TEST_CASE(a_child_that_is_removed_while_it_is_taken_along_is_gone) {
  begin(strategy::one_for_all, 3);
  go();
  end(0);
  BOOST_TEST(go() == "-c");
  BOOST_TEST(!plan->remove(1, now));
  BOOST_TEST(!plan->remove(2, now));
  BOOST_TEST(go() == "-b");
  BOOST_TEST((end(1) == ending::forgotten));
  BOOST_TEST((end(2) == ending::forgotten));
  now = 2s;
  BOOST_TEST(go() == "+a");
}

BOOST_AUTO_TEST_CASE(a_sibling_that_dies_while_it_is_taken_along_counts_not) {
  begin(strategy::one_for_all, 3);
  go();
  end(0);
  go();
  BOOST_TEST((end(1) == ending::returns)); // before it was told
  BOOST_TEST((end(2) == ending::returns));
  BOOST_TEST(plan->restarts() == 1u);
  now = 2s;
  BOOST_TEST(go() == "+a +b +c");
}

BOOST_AUTO_TEST_CASE(a_child_that_was_killed_before_its_turn_is_not_asked) {
  begin(strategy::one_for_one, 0);
  auto first = add(false);
  plan->next(now);
  now = 29s;
  auto second = add(false);
  plan->next(now); // both start, neither is ready
  plan->halt(now);
  BOOST_TEST(go() == "-b");
  now = 30s; // the first one is not ready in time
  BOOST_TEST(go() == "!a");
  plan->ended(second, true, "", now, 0);
  BOOST_TEST(go() == "");
  plan->ended(first, true, "", now, 0);
  BOOST_TEST(plan->over());
}

BOOST_AUTO_TEST_CASE(children_are_added_behind_the_initial_ones) {
  begin(strategy::one_for_one, 2);
  auto first = plan->next(now);
  BOOST_TEST((first && first->what == plan_action::start));
  auto late = add(false);
  BOOST_TEST(!plan->next(now)); // the first one is not ready
  plan->ready(first->child, now);
  BOOST_TEST(go() == "+b +c");
  BOOST_TEST((plan->children().at(late).phase == child_phase::ready));
}

BOOST_AUTO_TEST_CASE(a_group_with_an_added_child_starts_in_order) {
  begin(strategy::rest_for_one, 2);
  go();
  add(false);
  BOOST_TEST(go() == "+c");
  end(1);
  BOOST_TEST(go() == "-c");
  end(2);
  now = 2s;
  BOOST_TEST(go() == "+b +c");
}

BOOST_AUTO_TEST_CASE(a_removal_that_leaves_nothing_to_wait_for_makes_it_up) {
  begin(strategy::one_for_one, 2);
  auto first = plan->next(now);
  plan->ready(first->child, now);
  BOOST_TEST(plan->remove(1, now));
  BOOST_TEST(plan->up());
  BOOST_TEST(go() == "");
}

BOOST_AUTO_TEST_SUITE_END()
