#include "runtime/policy/fallback.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <random>
#include <vector>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

using phase = fallback_phase;

struct fixture {
  fallback::time now = 1000s;
  fallback uut;

  void up() {
    uut.link_up(now);
  }

  /// Asks about a keyframe; checks whom to ask.
  void expect(bool cloud, bool fog) {
    auto x = uut.next(now);
    BOOST_TEST(x.cloud == cloud);
    BOOST_TEST(x.fog == fog);
  }

  /// A part that was answered after so long.
  void answer(fallback::time took) {
    auto sent = now;
    now += took;
    uut.answered(sent, now);
  }

  void miss(fallback::time after = 1s) {
    auto sent = now;
    now += after;
    uut.missed(sent, now);
  }

  /// From the cloud to the fog.
  void lose() {
    miss();
    miss();
    BOOST_CHECK(uut.phase() == phase::fog);
  }

  /// From the fog back to the cloud. @returns how long that took
  fallback::time regain() {
    auto start = now;
    while (uut.next(now).fog && now < start + 1000s)
      answer(100ms);
    return now - start;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fallback_tests, fixture)

BOOST_AUTO_TEST_CASE(the_fog_answers_until_there_is_a_link) {
  expect(false, true);
  up();
  expect(true, false);
}

BOOST_AUTO_TEST_CASE(one_missing_answer_makes_it_ask_both) {
  up();
  miss();
  BOOST_CHECK(uut.phase() == phase::suspect);
  expect(true, true);
  answer(100ms);
  BOOST_CHECK(uut.phase() == phase::cloud);
  expect(true, false);
  BOOST_TEST(uut.outages() == 0u);
}

BOOST_AUTO_TEST_CASE(two_make_it_give_up) {
  up();
  lose();
  BOOST_TEST(uut.outages() == 1u);
  expect(true, true);  // a probe
  expect(false, true); // not so soon again
  now += 500ms;
  expect(true, true);
}

// Parts that were on their way when the first was missed are missed with it.
BOOST_AUTO_TEST_CASE(what_was_sent_before_counts_once) {
  up();
  auto sent = now;
  now += 1s;
  for (int i = 0; i < 10; ++i)
    uut.missed(sent, now);
  BOOST_CHECK(uut.phase() == phase::suspect);
}

BOOST_AUTO_TEST_CASE(a_suspect_whom_nobody_asks_is_given_up) {
  up();
  miss();
  now += 11s;         // more than the cap
  expect(true, true); // a probe
  BOOST_CHECK(uut.phase() == phase::fog);
}

BOOST_AUTO_TEST_CASE(without_a_link_nobody_probes) {
  up();
  uut.link_down(now);
  for (int i = 0; i < 10; ++i, now += 1s)
    expect(false, true);
}

BOOST_AUTO_TEST_CASE(the_cloud_is_used_again_once_it_has_settled) {
  up();
  uut.link_down(now);
  now += 60s;
  up();
  expect(true, true);
  answer(100ms);
  BOOST_CHECK(uut.phase() == phase::settling);
  now += 1900ms;
  expect(true, true);
  answer(50ms);
  expect(false, true);
  now += 100ms;
  expect(true, false);
}

BOOST_AUTO_TEST_CASE(a_missing_answer_starts_settling_anew) {
  up();
  lose();
  uut.next(now);
  answer(100ms);
  miss();
  BOOST_CHECK(uut.phase() == phase::fog);
  BOOST_TEST(uut.outages() == 1u); // it is the same one
}

// A cloud that was frozen has old work to do first.
BOOST_AUTO_TEST_CASE(a_late_answer_to_a_probe_is_one) {
  up();
  answer(100ms);
  uut.link_down(now);
  now += 5s;
  up();
  auto sent = now;
  expect(true, true);
  now += uut.deadline();
  uut.missed(sent, now);
  now += 300ms;
  uut.answered_late(sent, now);
  BOOST_CHECK(uut.phase() == phase::settling);
}

BOOST_AUTO_TEST_CASE(answers_beyond_the_cap_bring_nobody_back) {
  up();
  lose();
  for (int i = 0; i < 20; ++i, now += 1s) {
    uut.next(now);
    uut.answered_late(now - 10001ms, now);
    BOOST_CHECK(uut.phase() == phase::fog);
  }
}

BOOST_AUTO_TEST_CASE(who_flaps_is_trusted_later_each_time) {
  up();
  now += 100s;
  lose();
  BOOST_TEST((uut.settling_time() == 2s));
  regain();
  for (auto settle : {4s, 8s, 16s, 30s, 30s}) {
    now += 10s;
    lose();
    BOOST_TEST((uut.settling_time() == settle));
    BOOST_TEST((regain() >= settle));
  }
  now += 60s; // long enough
  lose();
  BOOST_TEST((uut.settling_time() == 2s));
}

// RFC 6298, 2.2 and 2.3: R = 2 s: SRTT 2, RTTVAR 1; then R = 1 s: RTTVAR
// 3/4 * 1 + 1/4 * |2 - 1| = 1, SRTT 7/8 * 2 + 1/8 = 1.875.
BOOST_AUTO_TEST_CASE(deadlines_follow_what_was_measured) {
  up();
  BOOST_TEST((uut.deadline() == 10s)); // nothing was
  answer(2s);
  BOOST_TEST((uut.deadline() == 6s));
  answer(1s);
  BOOST_TEST((uut.deadline() == 5875ms));
  for (int i = 0; i < 100; ++i)
    answer(100ms);
  BOOST_TEST((uut.deadline() == 1s)); // never less
}

BOOST_AUTO_TEST_CASE(late_answers_make_deadlines_longer) {
  up();
  for (int i = 0; i < 100; ++i)
    answer(100ms);
  for (int i = 0; i < 30; ++i)
    uut.answered_late(now - 3s, now);
  BOOST_TEST((uut.deadline() > 3s));
}

BOOST_AUTO_TEST_CASE(outages_are_told_as_they_begin_and_end) {
  std::vector<fallback::turn> turns;
  fallback::config cfg;
  cfg.told = [&](const fallback::turn& x) { turns.push_back(x); };
  uut = fallback{cfg};
  up();
  BOOST_TEST(turns.empty());
  uut.link_down(now);
  BOOST_TEST_REQUIRE(turns.size() == 1u);
  BOOST_TEST((turns[0].outage && !turns[0].linked));
  uut.link_down(now);
  BOOST_TEST(turns.size() == 1u);
  up();
  auto took = regain();
  BOOST_TEST_REQUIRE(turns.size() == 2u);
  BOOST_TEST(!turns[1].outage);
  BOOST_TEST((turns[1].lasted == took));
  lose();
  BOOST_TEST_REQUIRE(turns.size() == 3u);
  BOOST_TEST((turns[2].outage && turns[2].linked));
}

BOOST_AUTO_TEST_CASE(wrong_times_are_refused) {
  fallback::config x;
  BOOST_TEST(!x.validate());
  x.cap = 500ms;
  BOOST_TEST(bool(x.validate()));
  x = {};
  x.probe_every = 0s;
  BOOST_TEST(bool(x.validate()));
}

// Whatever a cloud does: it is left alone while it does not answer, it is used
// again when it does, and nobody stays suspect.
BOOST_AUTO_TEST_CASE(any_schedule_ends_where_it_should) {
  size_t outages = 0;
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    std::minstd_rand random(static_cast<unsigned>(seed));
    auto chance = [&](double p) {
      return std::uniform_real_distribution<>{}(random) < p;
    };
    fallback x;
    auto t = fallback::time{0};
    std::deque<fallback::time> sent;
    auto alive = true, linked = true;
    auto run = [&](fallback::time length, bool faults) {
      auto suspect_since = t;
      for (auto end = t + length; t < end; t += 50ms) {
        if (faults && chance(.02))
          alive = !alive;
        if (faults && chance(.02)) {
          linked = !linked;
          linked ? x.link_up(t) : x.link_down(t);
        }
        auto plan = x.next(t);
        BOOST_TEST_REQUIRE((plan.cloud || plan.fog));
        BOOST_TEST_REQUIRE((linked || !plan.cloud));
        if (plan.cloud)
          sent.push_back(t);
        while (!sent.empty() && alive && linked && t - sent.front() >= 100ms) {
          x.answered(sent.front(), t);
          sent.pop_front();
        }
        while (!sent.empty() && t - sent.front() >= x.deadline()) {
          x.missed(sent.front(), t);
          sent.pop_front();
        }
        if (x.phase() != phase::suspect)
          suspect_since = t;
        BOOST_TEST_REQUIRE((t - suspect_since <= 11s));
      }
    };
    x.link_up(t);
    run(30s, true);
    alive = true;
    if (!std::exchange(linked, true))
      x.link_up(t);
    run(60s, false);
    BOOST_TEST_REQUIRE((x.phase() == phase::cloud));
    alive = false;
    run(25s, false);
    BOOST_TEST_REQUIRE((x.phase() == phase::fog));
    outages += x.outages();
  }
  BOOST_TEST(outages > 2000u); // the schedules are not idle
}

BOOST_AUTO_TEST_SUITE_END()
