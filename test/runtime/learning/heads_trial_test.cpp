#include "runtime/learning/heads_trial.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace vpaas;
using namespace std::chrono_literals;

namespace tt = boost::test_tools;

namespace {

/// Of a thousand trials whose heads lose this share of the crops on which both
/// differ, how many are rolled back.
double rolled_back(double lost_share) {
  std::mt19937 random{7};
  std::bernoulli_distribution loses{lost_share};
  int result = 0;
  for (int n = 0; n < 1000; ++n) {
    trial_evidence x;
    auto verdict = trial_verdict::open;
    while (verdict == trial_verdict::open) {
      auto lost = loses(random);
      x.note("car", lost ? "car" : "van", lost ? "van" : "car");
      verdict = judge_trial(x, 0s);
    }
    result += verdict == trial_verdict::roll_back;
  }
  return result / 1000.;
}

} // namespace

BOOST_AUTO_TEST_SUITE(heads_trial_tests)

BOOST_AUTO_TEST_CASE(only_crops_on_which_both_differ_say_anything) {
  trial_evidence x;
  x.note("car", "car", "car");
  x.note("car", "van", "van");
  x.note("car", "van", "");
  BOOST_TEST((x == trial_evidence{3, 0, 0}));
  x.note("car", "van", "car");
  x.note("", "", "car");
  BOOST_TEST((x == trial_evidence{5, 1, 1}));
}

BOOST_AUTO_TEST_CASE(a_lead_ends_a_trial) {
  BOOST_TEST((judge_trial({9, 0, 5}, 1s) == trial_verdict::roll_back));
  BOOST_TEST((judge_trial({9, 1, 5}, 1s) == trial_verdict::open));
  BOOST_TEST((judge_trial({9, 5, 0}, 1s) == trial_verdict::keep));
}

BOOST_AUTO_TEST_CASE(so_does_time) {
  BOOST_TEST((judge_trial({}, 10min - 1s) == trial_verdict::open));
  BOOST_TEST((judge_trial({}, 10min) == trial_verdict::keep));
  BOOST_TEST((judge_trial({9, 2, 2}, 10min) == trial_verdict::keep));
  BOOST_TEST((judge_trial({9, 2, 3}, 10min) == trial_verdict::roll_back));
}

// Wald: 1 / (1 + 2^5) = 3 % are judged wrongly at a third and two thirds.
BOOST_AUTO_TEST_CASE(it_errs_as_often_as_it_says) {
  BOOST_TEST(rolled_back(2. / 3) > .95);
  BOOST_TEST(rolled_back(1. / 3) < .05);
  BOOST_TEST(rolled_back(.9) > .999);
}

BOOST_AUTO_TEST_CASE(a_share_of_the_streams_is_first_and_stays_so) {
  std::vector<std::string> streams;
  for (int i = 0; i < 40; ++i)
    streams.push_back("camera-" + std::to_string(i));
  auto few = trial_streams(streams, .25);
  BOOST_TEST(few.size() == 10u);
  std::reverse(streams.begin(), streams.end());
  BOOST_TEST(trial_streams(streams, .25) == few, tt::per_element());
  for (auto& x : few)
    BOOST_TEST(std::count(streams.begin(), streams.end(), x) == 1);
  BOOST_TEST(trial_streams(streams, 1).size() == 40u);
  BOOST_TEST(trial_streams({"door"}, .01).size() == 1u);
  BOOST_TEST(trial_streams({}, .5).empty());
}

BOOST_AUTO_TEST_SUITE_END()
