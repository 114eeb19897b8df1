#include "runtime/learning/head_gate.hpp"

#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

const std::vector<std::string> classes{"car", "van", "walker"};
const std::vector<std::string> all{"car", "van", "walker", ""};

struct fixture {
  test::toy_crops world{21};
  std::vector<taught_crop> held_out = world.crops(all, 20);
  one_vs_all silent = world.silent_heads(classes);
  one_vs_all good = learn(silent, world.crops(all, 100));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(head_gate_tests, fixture)

BOOST_AUTO_TEST_CASE(better_heads_pass_and_the_proof_is_stated) {
  auto x = judge(silent, good, held_out);
  BOOST_TEST(x.passed);
  BOOST_TEST(x.held_out == 80u);
  BOOST_TEST(x.before == .25); // background
  BOOST_TEST(x.now > .9);
  BOOST_TEST(x.luck < 1e-9);
  BOOST_REQUIRE(x.classes.size() == 4u);
  BOOST_TEST(x.classes[1].label == "car");
  BOOST_TEST(x.classes[1].before == 0u);
}

BOOST_AUTO_TEST_CASE(worse_heads_do_not) {
  auto x = judge(good, silent, held_out);
  BOOST_TEST(!x.passed);
  BOOST_TEST(x.why == "fewer held-out crops are named right");
  BOOST_TEST(x.luck > .999);
}

BOOST_AUTO_TEST_CASE(no_class_pays_for_another) {
  auto deaf = good; // to vans; and the one that is live to walkers and cars
  deaf.thresholds[1] = 2;
  auto live = good;
  live.thresholds[0] = live.thresholds[2] = 2;
  auto x = judge(live, deaf, held_out);
  BOOST_TEST(x.now > x.before);
  BOOST_TEST(!x.passed);
  BOOST_TEST(x.why.find("van loses") == 0u);
}

BOOST_AUTO_TEST_CASE(without_a_held_out_crop_there_is_nothing_against_it) {
  auto x = judge(good, good, {});
  BOOST_TEST(x.passed);
  BOOST_TEST(x.luck == 1);
}

// Three more right of three that differ: a coin does that one time in eight.
BOOST_AUTO_TEST_CASE(luck_is_that_of_a_coin) {
  std::vector<taught_crop> three;
  for (auto& x : held_out)
    if (x.label == "car" && three.size() < 3 && test::accuracy(good, {x}) == 1)
      three.push_back(x);
  BOOST_TEST(judge(silent, good, three).luck == .125, tt::tolerance(1e-9));
}

// Two annotators: one is careful, one calls everything a car.
BOOST_AUTO_TEST_CASE(an_annotator_who_says_car_to_everything_is_held_up) {
  auto lessons = world.crops(all, 30);
  for (auto& x : lessons)
    x.label = "car";
  auto spoiled = learn(good, lessons);
  auto mixed = held_out; // his labels are held out as well
  for (auto& x : world.crops(all, 10)) {
    mixed.push_back(x);
    mixed.back().label = "car";
  }
  BOOST_TEST(test::accuracy(spoiled, held_out)
             < test::accuracy(good, held_out));
  BOOST_TEST(!judge(good, spoiled, mixed).passed);
}

BOOST_AUTO_TEST_CASE(no_annotator_pays_for_another) {
  auto swapped = good;
  std::swap(swapped.classes[0], swapped.classes[1]);
  std::vector<taught_crop> both;
  for (auto& x : held_out)
    if ((x.label == "van" || x.label == "car")
        && test::accuracy(good, {x}) == 1) {
      both.push_back(x);
      both.back().by = x.label == "van" ? "eve" : "bob"; // who says van to cars
      both.back().label = "van";
    }
  auto n = std::count_if(both.begin(), both.end(),
                         [](auto& x) { return x.by == "eve"; });
  BOOST_REQUIRE(ptrdiff_t(both.size()) >= 2 * n);
  auto x = judge(good, swapped, both);
  BOOST_TEST(x.now >= x.before);
  BOOST_TEST(!x.passed);
  auto eves = std::to_string(n);
  BOOST_TEST(x.why
             == "who labels as eve loses " + eves + " of " + eves
                  + " held-out crops");
}

BOOST_AUTO_TEST_CASE(what_is_sure_keeps_its_name) {
  auto deaf = good; // to vans
  deaf.thresholds[1] = 2;
  auto around = world.crops({"van"}, 50);
  auto why = spoils(good, good, deaf, around);
  BOOST_TEST(why.find("crops that had a sure name would lose it")
               != std::string::npos,
             why);
  BOOST_TEST(spoils(good, good, good, around) == "");
  // What is live has lost it already.
  BOOST_TEST(spoils(good, deaf, deaf, around) == "");
  BOOST_TEST(spoils(good, deaf, good, around) == "");
}

// Unless it gets a name that nobody knew.
BOOST_AUTO_TEST_CASE(what_is_sure_may_be_of_a_new_class) {
  auto renamed = good;
  renamed.classes[1] = "bus";
  BOOST_TEST(spoils(good, good, renamed, world.crops({"van"}, 50)) == "");
}

BOOST_AUTO_TEST_CASE(heads_of_another_backbone_are_refused) {
  auto strange = good;
  strange.dimensions = 3;
  BOOST_TEST(!judge(good, strange, held_out).passed);
}

BOOST_AUTO_TEST_SUITE_END()
