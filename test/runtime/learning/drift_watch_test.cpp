#include "runtime/learning/drift_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

namespace {

/// Scores of crops that resemble the one before: an autoregressive series.
class street {
public:
  explicit street(uint32_t seed) : random_(seed) {
    // nop
  }

  double next() {
    state_ = .5 * state_ + normal_(random_);
    return .6 + shift + .1 * state_;
  }

  double shift = 0;

private:
  std::minstd_rand random_;
  std::normal_distribution<double> normal_;
  double state_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(drift_watch_tests)

// A crop a second.
BOOST_AUTO_TEST_CASE(a_day_of_the_same_street_rings_no_alarm) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    street cam{seed};
    drift_watch uut;
    for (int i = 0; i < 24 * 3600; ++i)
      uut.add(cam.next());
    BOOST_TEST(uut.alarms() <= 1u, "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(a_change_by_a_deviation_is_heard_soon_both_ways) {
  for (auto far : {-.15, .15})
    for (uint32_t seed = 1; seed <= 20; ++seed) {
      street cam{seed};
      drift_watch uut;
      for (int i = 0; i < 2000; ++i)
        uut.add(cam.next());
      auto before = uut.alarms();
      cam.shift = far;
      int after = 0;
      while (uut.alarms() == before && after < 1000) {
        uut.add(cam.next());
        ++after;
      }
      BOOST_TEST(after < 200, "seed " << seed << ": " << after);
    }
}

BOOST_AUTO_TEST_CASE(what_comes_after_an_alarm_is_the_new_usual) {
  street cam{1};
  drift_watch uut;
  for (int i = 0; i < 2000; ++i)
    uut.add(cam.next());
  cam.shift = 1;
  for (int i = 0; i < 5000; ++i)
    uut.add(cam.next());
  BOOST_TEST(uut.alarms() == 1u);
}

BOOST_AUTO_TEST_CASE(a_single_odd_value_is_no_drift) {
  street cam{2};
  drift_watch uut;
  for (int i = 0; i < 2000; ++i)
    uut.add(cam.next());
  BOOST_TEST(!uut.add(1e9));
}

BOOST_AUTO_TEST_SUITE_END()
