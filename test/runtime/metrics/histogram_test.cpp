#include "runtime/metrics/histogram.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace vpaas;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(histogram_tests)

BOOST_AUTO_TEST_CASE(nothing_recorded_is_zero) {
  BOOST_TEST((histogram{}.quantile(.5) == 0ns));
  BOOST_TEST((histogram{}.summary() == latency{}));
}

BOOST_AUTO_TEST_CASE(small_durations_and_the_maximum_are_exact) {
  histogram uut;
  for (auto x : {3ns, 1ns, 2ns, 31ns, 123456789ns})
    uut.record(x);
  BOOST_TEST((uut.quantile(0) == 1ns));
  BOOST_TEST((uut.quantile(.2) == 1ns)); // nearest rank: ceil(.2 * 5) = 1
  BOOST_TEST((uut.quantile(.21) == 2ns));
  BOOST_TEST((uut.quantile(.8) == 31ns));
  BOOST_TEST((uut.quantile(1) == 123456789ns));
}

BOOST_AUTO_TEST_CASE(quantiles_are_within_a_half_bucket_of_the_sorted_rank) {
  histogram uut;
  std::minstd_rand random{1};
  std::uniform_real_distribution<double> octave{0, 62};
  std::vector<int64_t> xs;
  for (int i = 0; i < 10000; ++i) {
    xs.push_back(static_cast<int64_t>(std::exp2(octave(random))));
    uut.record(caf::timespan{xs.back()});
  }
  std::sort(xs.begin(), xs.end());
  for (auto p : {.01, .1, .25, .5, .9, .99}) {
    auto expected
      = static_cast<double>(xs[static_cast<size_t>(std::ceil(p * 10000)) - 1]);
    auto got = static_cast<double>(uut.quantile(p).count());
    BOOST_TEST(std::abs(got - expected) <= expected / 31);
  }
}

BOOST_AUTO_TEST_CASE(the_longest_and_negative_durations_have_a_place) {
  histogram uut;
  uut.record(caf::timespan::max());
  uut.record(-1s);
  BOOST_TEST((uut.quantile(1) == caf::timespan::max()));
  BOOST_TEST((uut.quantile(.5) == 0ns));
}

BOOST_AUTO_TEST_CASE(a_summary_is_in_whole_microseconds) {
  histogram uut;
  uut.record(1300ns);
  uut.record(2700ns);
  auto x = uut.summary();
  BOOST_TEST(x.count == 2u);
  BOOST_TEST((x.p50 == 1us));
  BOOST_TEST((x.max == 3us));
}

BOOST_AUTO_TEST_SUITE_END()
