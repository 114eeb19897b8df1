#include "runtime/policy/even_sampler.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace vpaas;

namespace {

/// A keyframe comes each second; `service` seconds later one is done, and the
/// next begins. @returns which of them were taken
std::vector<int> taken(double service, int keyframes) {
  even_sampler uut{4};
  std::vector<double> ends;
  std::vector<int> result;
  for (int t = 0; t < keyframes; ++t) {
    auto waiting = std::count_if(ends.begin(), ends.end(),
                                 [t](double end) { return end > t; });
    if (!uut.take(size_t(waiting)))
      continue;
    auto start = ends.empty() ? t : std::max(double(t), ends.back());
    ends.push_back(start + service);
    result.push_back(t);
  }
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(even_sampler_tests)

BOOST_AUTO_TEST_CASE(who_is_fast_enough_gets_all) {
  BOOST_TEST(taken(.9, 1000).size() == 1000u);
}

BOOST_AUTO_TEST_CASE(who_is_too_slow_gets_what_it_can_evenly) {
  for (double service : {1.5, 2., 3.3, 7.}) {
    auto xs = taken(service, 10000);
    auto share = double(xs.size()) * service / 10000;
    BOOST_TEST(share > .75); // it is kept busy,
    BOOST_TEST(share < 1.01);
    int widest = 0; // and no hole is much wider than it must be
    for (size_t i = 100; i < xs.size(); ++i)
      widest = std::max(widest, xs[i] - xs[i - 1]);
    BOOST_TEST(widest <= int(service) + 2);
  }
}

BOOST_AUTO_TEST_CASE(the_stride_comes_back_when_the_load_is_gone) {
  even_sampler uut{2};
  for (int i = 0; i < 60; ++i)
    uut.take(i % 6 == 0 ? 0 : 2);
  BOOST_TEST(uut.stride() > 5u);
  for (int i = 0; i < 300; ++i)
    uut.take(0);
  BOOST_TEST(uut.stride() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
