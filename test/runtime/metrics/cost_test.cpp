#include "runtime/metrics/cost.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace tt = boost::test_tools;

BOOST_AUTO_TEST_SUITE(cost_tests)

BOOST_AUTO_TEST_CASE(costs_of_two_runs_add_up) {
  run_cost x{10, 1000, 200, 30, 10};
  x += {5, 600, 120, 10, 20};
  BOOST_TEST((x == run_cost{15, 1600, 320, 40, 30}));
  BOOST_TEST(x.billed_per_keyframe() == 2);
  BOOST_TEST(x.share_of_original() == .2, tt::tolerance(1e-12));
  BOOST_TEST(run_cost{}.billed_per_keyframe() == 0);
  BOOST_TEST(run_cost{}.share_of_original() == 0);
  run_cost held;
  held.worker_seconds = 1.5;
  held += held;
  BOOST_TEST(held.worker_seconds == 3);
}

BOOST_AUTO_TEST_CASE(a_bill_is_frames_and_traffic_and_workers) {
  // 40 frames at 0.5, (600 + 400) MB = 1 GB at 2, 30 s at 0.1; of 20 keyframes.
  run_cost x{20, 0, 600'000'000, 400'000'000, 40, 30};
  auto y = bill(x, {.5, 2, .1});
  BOOST_TEST(y.frames == 20, tt::tolerance(1e-12));
  BOOST_TEST(y.traffic == 2, tt::tolerance(1e-12));
  BOOST_TEST(y.workers == 3, tt::tolerance(1e-12));
  BOOST_TEST(y.total == 25, tt::tolerance(1e-12));
  BOOST_TEST(y.per_1000_keyframes == 1250, tt::tolerance(1e-12));
  BOOST_TEST(bill({}, {1, 1, 1}).per_1000_keyframes == 0);
}

BOOST_AUTO_TEST_CASE(prices_are_settings_and_the_papers_count_frames_alone) {
  auto usual = check(price_settings(), json::object(), "prices");
  BOOST_TEST_REQUIRE(bool(usual));
  auto x = prices_of(*usual);
  BOOST_TEST(x.frame > 0);
  BOOST_TEST(x.gb == 0);
  BOOST_TEST(x.worker_second == 0);
  auto mine = check(price_settings(), {{"gb", 0.09}}, "prices");
  BOOST_TEST_REQUIRE(bool(mine));
  BOOST_TEST(prices_of(*mine).gb == 0.09);
  BOOST_TEST(!check(price_settings(), {{"frame", -1}}, "prices"));
}

BOOST_AUTO_TEST_CASE(freshness_counts_from_capture_processing_from_the_chunk) {
  run_latency uut;
  caf::timestamp start{1000s};
  uut.record({start, start + 7s, start + 8s});
  uut.record({start, start + 1s, start + 3s});
  BOOST_TEST((uut.freshness.quantile(1) == 8s));
  BOOST_TEST((uut.processing.quantile(1) == 2s));
}

BOOST_AUTO_TEST_CASE(percentiles_are_by_nearest_rank_in_milliseconds) {
  histogram x;
  for (int i = 1; i <= 100; ++i)
    x.record(i * 1ms);
  auto y = in_ms(x);
  // Ranks 50, 95, 99 of 100, within half a bucket of 1/16.
  BOOST_TEST(y.p50 == 50, tt::tolerance(.032));
  BOOST_TEST(y.p95 == 95, tt::tolerance(.032));
  BOOST_TEST(y.p99 == 99, tt::tolerance(.032));
  BOOST_TEST(in_ms({}).p50 == 0);
}

BOOST_AUTO_TEST_SUITE_END()
