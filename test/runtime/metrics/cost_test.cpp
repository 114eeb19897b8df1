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
