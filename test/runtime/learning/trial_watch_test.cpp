#include "runtime/learning/trial_watch.hpp"

#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

constexpr box here{.1f, .1f, .2f, .2f};

struct fixture {
  test::toy_crops world{51};
  one_vs_all good = learn(world.silent_heads({"car", "van"}),
                          world.crops({"car", "van", ""}, 60));
  one_vs_all deaf = good; // to vans
  trial_watch uut;
  uint64_t track = 0, frame = 0;

  fixture() {
    deaf.thresholds[1] = 2;
  }

  /// The fog names an object, and the cloud calls it this a keyframe later.
  void sees(const std::string& label) {
    ++track;
    for (auto by : {named_by::fog, named_by::cloud}) {
      frame += 15;
      frame_result x;
      x.stream = "door";
      x.frame = frame;
      x.objects = {{here, label, .9f, by, track}};
      if (by == named_by::fog) {
        auto crop = world.crop(label);
        crop.label.clear();
        crop.place.place.where = here;
        uut.saw("door", frame, {crop});
      }
      uut.take(x);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trial_watch_tests, fixture)

BOOST_AUTO_TEST_CASE(what_the_cloud_says_later_is_held_against_both) {
  uut.begin("trial-1", good, deaf);
  for (int i = 0; i < 10; ++i)
    sees(i % 2 == 0 ? "car" : "van");
  auto& x = uut.evidence();
  BOOST_TEST(x.judged == 10u);
  BOOST_TEST(x.lost >= 4u);
  BOOST_TEST(x.gained == 0u);
  BOOST_TEST(
    (judge_trial(x, std::chrono::hours(1)) == trial_verdict::roll_back));
}

BOOST_AUTO_TEST_CASE(each_trial_counts_anew_and_without_one_nothing_counts) {
  sees("van");
  uut.begin("trial-1", good, deaf);
  sees("van");
  BOOST_TEST(uut.evidence().judged == 1u);
  uut.begin("trial-2", good, deaf);
  BOOST_TEST(uut.evidence().judged == 0u);
  uut.end();
  sees("van");
  BOOST_TEST(uut.evidence().judged == 0u);
  BOOST_TEST(uut.version() == "");
}

BOOST_AUTO_TEST_CASE(names_that_no_head_means_say_nothing) {
  uut.begin("trial-1", good, deaf);
  sees("tree");
  BOOST_TEST(uut.evidence().judged == 0u);
  auto hinted = good;
  hinted.hints = {{"auto"}, {"van"}};
  uut.begin("trial-2", hinted, hinted);
  auto& evidence = uut.evidence();
  sees("auto"); // a car, in the words of the detector
  BOOST_TEST(evidence.judged == 1u);
  BOOST_TEST(evidence.gained + evidence.lost == 0u);
}

BOOST_AUTO_TEST_CASE(streams_that_left_try_nothing) {
  trial_watch half{.5};
  for (auto x : {"a", "b", "c", "d"})
    half.heard_of(x, 1);
  auto first = half.streams();
  BOOST_TEST(first.size() == 2u);
  half.heard_of(first[0], 9);
  half.forget_before(5);
  BOOST_TEST(half.streams() == std::vector<std::string>{first[0]},
             tt::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
