#include "runtime/learning/training.hpp"

#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

const std::vector<std::string> all{"car", "van", ""};

struct fixture {
  test::toy_crops world{41, 24, 1.2f};
  one_vs_all first = learn(world.silent_heads({"car", "van"}),
                           world.crops(all, 50));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(training_tests, fixture)

BOOST_AUTO_TEST_CASE(the_first_label_counts_at_once) {
  training uut{first, first};
  training_config cfg;
  cfg.choice.hold_out = 0;
  auto crop = world.crop("scooter");
  auto step = uut.teach({crop}, cfg);
  BOOST_TEST(step.verdict.passed);
  BOOST_TEST(step.learnt == 1u);
  BOOST_TEST(test::accuracy(uut.live(), {crop}) == 1);
  // Without it nothing of it is left.
  uut.teach({}, cfg);
  BOOST_TEST(same_heads(uut.live(), first));
}

BOOST_AUTO_TEST_CASE(heads_that_lose_are_not_live) {
  training uut{first, first};
  auto labels = world.crops(all, 40);
  uut.teach(labels);
  auto before = uut.live();
  auto unseen = world.crops(all, 50);
  auto good = test::accuracy(before, unseen);
  for (auto& x : world.crops(all, 60)) {
    labels.push_back(x);
    labels.back().label = "car";
  }
  BOOST_TEST(!uut.teach(labels).verdict.passed);
  BOOST_TEST(same_heads(uut.live(), before));
  BOOST_TEST(test::accuracy(uut.live(), unseen) == good);
}

BOOST_AUTO_TEST_CASE(heads_that_name_no_more_than_the_live_ones_stay_away) {
  training uut{first, first};
  std::vector<taught_crop> labels;
  for (auto& x : world.crops(all, 60))
    if (test::accuracy(first, {x}) == 1)
      labels.push_back(x);
  auto step = uut.teach(labels);
  BOOST_TEST(step.verdict.held_out > 10u);
  BOOST_TEST(!step.verdict.passed);
  BOOST_TEST(same_heads(uut.live(), first));
  labels.push_back(world.crop("scooter"));
  BOOST_TEST(uut.teach(labels).heads.classes.size() == 3u);
}

// All that is learnt is wrong, and all that is held out is right.
BOOST_AUTO_TEST_CASE(where_only_the_first_heads_are_better_they_are_back) {
  auto silent = world.silent_heads({"car", "van"});
  training uut{first, silent};
  std::vector<taught_crop> labels;
  std::vector<choosable_lesson> known;
  for (auto& x : world.crops(all, 60))
    if (test::accuracy(first, {x}) == 1) {
      labels.push_back(x);
      known.push_back({x.id, x.label});
    }
  std::map<std::string, std::string> wrong{
    {"", "car"}, {"car", "van"}, {"van", ""}};
  for (auto i : choose_lessons(known).learn)
    labels[i].label = wrong[labels[i].label];
  auto step = uut.teach(labels);
  BOOST_TEST(step.verdict.passed);
  BOOST_TEST(same_heads(uut.live(), first));
}

// The live heads know a label that does not hold any more: as good will do.
BOOST_AUTO_TEST_CASE(labels_that_are_taken_back_leave_nothing) {
  training uut{first, first};
  training_config cfg;
  cfg.learner.strength = 1e6f; // the other heads stay where they are
  std::vector<taught_crop> labels;
  for (auto& x : world.crops(all, 40))
    if (test::accuracy(first, {x}) == 1)
      labels.push_back(x);
  auto more = labels;
  for (auto& x : world.crops({"scooter"}, 3))
    more.push_back(x);
  uut.teach(more, cfg);
  BOOST_REQUIRE(uut.live().classes.size() == 3u);
  uut.teach(labels, cfg);
  BOOST_TEST(uut.live().classes.size() == 2u);
}

// Crops got a name by a label that is gone: that they lose it spoils nothing.
BOOST_AUTO_TEST_CASE(names_that_came_by_withdrawn_labels_go) {
  training uut{first, first};
  auto labels = world.crops({"scooter"}, 20);
  auto around = world.crops({"scooter", "car", "van"}, 30);
  uut.teach(labels, {}, around);
  BOOST_TEST(test::accuracy(uut.live(), world.crops({"scooter"}, 30)) > .8);
  auto step = uut.teach({}, {}, around);
  BOOST_TEST(step.verdict.passed, step.verdict.why);
  BOOST_TEST(same_heads(uut.live(), first));
}

BOOST_AUTO_TEST_SUITE_END()
