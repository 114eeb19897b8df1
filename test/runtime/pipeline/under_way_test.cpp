#include "runtime/pipeline/under_way.hpp"

#include "support/pipeline_run.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

struct fixture {
  plan_ptr plan = std::make_shared<const pipeline_plan>(
    *check(high_low(), functions_with_memory()));
  under_way uut{plan};

  size_t errand_with(const std::string& stage) const {
    for (auto& x : plan->stages)
      if (x.spec.id == stage)
        return x.errand;
    return size_t(-1);
  }

  size_t copy = errand_with("copy"), found = errand_with("found"),
         named = errand_with("named");

  bool begin(uint64_t frame, bool usual = true) {
    return uut.begin(piece_of("keyframes", {frame}), usual, "");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(under_way_tests, fixture)

BOOST_AUTO_TEST_CASE(a_keyframe_is_under_way_once) {
  BOOST_TEST(begin(1));
  BOOST_TEST(!begin(1));
  uut.forget(1);
  BOOST_TEST(uut.empty());
  BOOST_TEST(uut.find(1) == nullptr);
}

BOOST_AUTO_TEST_CASE(an_errand_is_ready_when_those_before_it_have_answered) {
  begin(1);
  auto& x = *uut.find(1);
  BOOST_TEST(x.ready(*plan, copy));
  BOOST_TEST(!x.ready(*plan, found));
  uut.ask(7, copy, {1});
  BOOST_TEST(!x.ready(*plan, copy)); // it is asked
  uut.settle(1, copy);
  BOOST_TEST(x.ready(*plan, found));
  BOOST_TEST(!x.complete(*plan));
}

BOOST_AUTO_TEST_CASE(an_input_with_nothing_to_say_leaves_an_errand_out) {
  begin(1);
  begin(2);
  for (auto errand : {copy, found})
    uut.ask(errand + 1, errand, {1, 2});
  uut.take("", copy, piece_of("chunk", {1, 2}));
  for (auto frame : {1, 2})
    uut.settle(frame, copy);
  uut.take("known", found, piece_of("regions", {1, 2}, {2}));
  for (auto frame : {1, 2})
    uut.settle(frame, found);
  BOOST_TEST(!uut.find(1)->in_vain(*plan, named));
  BOOST_TEST(uut.find(2)->in_vain(*plan, named));
}

BOOST_AUTO_TEST_CASE(an_ask_waits_for_what_is_not_settled_nor_forgotten) {
  for (auto frame : {1, 2, 3})
    begin(frame);
  uut.ask(7, copy, {1, 2, 3});
  BOOST_TEST(uut.errand_of(7).value() == copy);
  BOOST_TEST(uut.asked_of("copy") == (numbers{1, 2, 3}));
  BOOST_TEST(uut.take("", copy, piece_of("chunk", {1, 9})) == numbers{1});
  uut.settle(1, copy);
  uut.forget(2);
  BOOST_TEST(uut.waiting(7) == numbers{3});
  uut.close_if_done(7);
  BOOST_TEST(uut.errand_of(7).has_value()); // it waits
  uut.settle(3, copy);
  BOOST_TEST(!uut.errand_of(7).has_value());
}

BOOST_AUTO_TEST_CASE(away_is_what_another_tier_has_or_will_get) {
  begin(1);
  begin(2, false); // its stand-in alone is asked
  BOOST_TEST(uut.away() == 1u);
  uut.set(1, found, errand_phase::made);
  BOOST_TEST(uut.away() == 0u);
  begin(3);
  uut.resign(3);
  BOOST_TEST(uut.away() == 0u);
  begin(4);
  uut.forget(4);
  BOOST_TEST(uut.away() == 0u);
}

BOOST_AUTO_TEST_CASE(in_turn_is_the_first_that_was_not_passed) {
  begin(1, false);
  begin(2);
  begin(3);
  BOOST_TEST(uut.next_in_turn(copy).value() == 2u);
  uut.ask(7, copy, {2});
  BOOST_TEST(uut.next_in_turn(copy).value() == 2u);
  uut.settle(2, copy);
  BOOST_TEST(uut.next_in_turn(copy).value() == 3u);
  uut.set(3, copy, errand_phase::empty);
  BOOST_TEST(!uut.next_in_turn(copy).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
