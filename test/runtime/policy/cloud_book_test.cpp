#include "runtime/policy/cloud_book.hpp"

#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

struct fixture {
  fixture() {
    uut.link_up(0s);
    ask(1);
    BOOST_TEST(uut.answered(1, 100ms).has_value());
    BOOST_TEST((phase() == fallback_phase::cloud));
  }

  void ask(uint64_t id, bool waits = false, caf::timespan now = 1s) {
    uut.asked(id, 2, waits, now);
  }

  fallback_phase phase() const {
    return uut.watch().phase();
  }

  cloud_book uut{fallback::config{}};
};

caf::error error(ec x) {
  return caf::make_error(x, "test");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(cloud_book_tests, fixture)

BOOST_AUTO_TEST_CASE(a_question_is_answered_once) {
  ask(2);
  ask(3);
  BOOST_TEST(uut.open() == 2u);
  auto x = uut.answered(3, 1100ms);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->ahead == 4u); // keyframes, those of the other too
  BOOST_TEST((x->sent == 1s));
  BOOST_TEST(!uut.answered(3, 1100ms));
  BOOST_TEST(uut.open() == 1u);
}

BOOST_AUTO_TEST_CASE(
  a_live_source_waits_no_longer_than_the_cloud_usually_takes) {
  ask(2);
  BOOST_REQUIRE(uut.next_deadline());
  auto due = *uut.next_deadline();
  BOOST_TEST((due == 1s + uut.watch().deadline()));
  BOOST_TEST(uut.missed(due - 1ns).empty());
  BOOST_TEST(uut.missed(due) == std::vector<uint64_t>{2});
  BOOST_TEST((phase() == fallback_phase::suspect));
  BOOST_TEST(uut.missed(due).empty()); // it is named once
  BOOST_TEST(!uut.next_deadline());
  BOOST_TEST(uut.answered(2, due + 1ms)->missed);
}

BOOST_AUTO_TEST_CASE(who_can_wait_does_so_while_the_cloud_answers_anything) {
  ask(2, true);
  ask(3, true, 5s);
  uut.answered(3, 8s);
  BOOST_TEST((*uut.next_deadline() == 18s)); // 10 s after that answer
  BOOST_TEST(uut.missed(11s).empty());
  BOOST_TEST(uut.missed(18s).size() == 1u);
}

// As on a machine that has ten times as much to do as it can.
BOOST_AUTO_TEST_CASE(who_can_wait_does_so_as_long_as_a_slow_cloud_takes) {
  caf::timespan now = 1s;
  for (uint64_t id = 2; id < 40; ++id, now += 9s) {
    ask(id, true, now);
    BOOST_TEST(uut.missed(now + 9s).empty());
    uut.answered(id, now + 9s);
  }
  ask(40, true, now);
  auto due = *uut.next_deadline();
  BOOST_TEST((due >= now + 10s));
  ask(41, true, now);
  uut.answered(41, now + 25s); // it takes longer now
  BOOST_TEST(uut.missed(now + 25s + 12s).empty());
  BOOST_TEST((*uut.next_deadline() > now + 25s + 12s));
  BOOST_TEST((*uut.next_deadline() <= now + 25s + 60s));
}

BOOST_AUTO_TEST_CASE(a_cloud_that_has_answered_nothing_loads_its_networks) {
  cloud_book x{fallback::config{}};
  x.link_up(0s);
  x.asked(1, 2, true, 1s);
  BOOST_TEST((*x.next_deadline() == 31s));
  x.asked(2, 2, false, 1s); // who cannot wait does not
  BOOST_TEST((*x.next_deadline() == 11s));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_part_says_nothing_of_the_cloud) {
  for (auto x : {ec::bad_input, ec::codec, ec::inference}) {
    ask(2);
    auto y = uut.failed(2, error(x), 1100ms);
    BOOST_TEST(!y.again);
    BOOST_TEST(y.reason == "cloud");
    BOOST_TEST((phase() == fallback_phase::cloud));
  }
  BOOST_TEST(uut.failures_in_a_row() == 3u);
}

BOOST_AUTO_TEST_CASE(a_busy_cloud_is_asked_again_by_who_can_wait) {
  for (auto x : {ec::overload, ec::cancelled}) {
    ask(2);
    BOOST_TEST(!uut.failed(2, error(x), 1100ms).again);
    ask(3, true);
    BOOST_TEST(uut.failed(3, error(x), 1100ms).again);
    BOOST_TEST((phase() == fallback_phase::cloud));
  }
  ask(4, true); // it answers nothing else
  BOOST_TEST(!uut.failed(4, error(ec::overload), 12s).again);
  BOOST_TEST((phase() != fallback_phase::cloud));
}

BOOST_AUTO_TEST_CASE(the_reason_says_what_was_missing) {
  ask(2);
  BOOST_TEST(uut.failed(2, error(ec::deadline), 2s).reason == "deadline");
  ask(3);
  BOOST_TEST(uut.failed(3, error(ec::cloud_down), 2s).reason == "cloud_down");
  ask(4);
  BOOST_TEST(uut.failed(4, caf::sec::request_receiver_down, 2s).reason
             == "cloud_down");
  BOOST_TEST(uut.failed(5, error(ec::deadline), 2s).reason == "cloud");
}

BOOST_AUTO_TEST_CASE(a_link_that_is_back_starts_afresh) {
  ask(2);
  uut.failed(2, error(ec::cloud_down), 2s);
  uut.link_down(2s);
  BOOST_TEST(!uut.up());
  uut.link_up(3s);
  BOOST_TEST(uut.up());
  BOOST_TEST(uut.failures_in_a_row() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
