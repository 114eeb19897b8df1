#include "runtime/learning/head_learner.hpp"

#include "runtime/learning/head_gate.hpp"
#include "runtime/learning/lesson_choice.hpp"
#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

const std::vector<std::string> classes{"car", "van", "walker"};
const std::vector<std::string> all{"car", "van", "walker", ""};

one_vs_all schooled(test::toy_crops& world) {
  return learn(world.silent_heads(classes), world.crops(all, 100));
}

} // namespace

BOOST_AUTO_TEST_SUITE(head_learner_tests)

BOOST_AUTO_TEST_CASE(heads_learn_what_they_are_taught) {
  test::toy_crops world{1};
  auto unseen = world.crops(all, 100);
  auto heads = schooled(world);
  BOOST_TEST(!heads.validate().has_value());
  BOOST_TEST(test::accuracy(world.silent_heads(classes), unseen) == .25);
  BOOST_TEST(test::accuracy(heads, unseen) > .9);
}

BOOST_AUTO_TEST_CASE(without_lessons_nothing_moves) {
  test::toy_crops world{1};
  auto heads = schooled(world);
  BOOST_TEST((learn(heads, {}).weights == heads.weights));
  auto strange = world.crop("car");
  strange.features.pop_back();
  BOOST_TEST((learn(heads, {strange}).weights == heads.weights));
}

BOOST_AUTO_TEST_CASE(the_order_of_lessons_does_not_matter) {
  test::toy_crops world{2};
  auto heads = world.silent_heads(classes);
  auto lessons = world.crops(all, 10);
  auto a = learn(heads, lessons);
  std::reverse(lessons.begin(), lessons.end());
  auto b = learn(heads, lessons);
  for (size_t i = 0; i < a.weights.size(); ++i)
    BOOST_TEST(std::abs(a.weights[i] - b.weights[i]) < .01f);
}

BOOST_AUTO_TEST_CASE(a_new_class_is_named_after_a_few_labels) {
  test::toy_crops world{4};
  auto heads = schooled(world);
  auto unseen = world.crops({"car", "van", "walker", "", "scooter"}, 100);
  auto lessons = world.crops({"scooter"}, 8);
  for (auto& x : world.crops(all, 2))
    lessons.push_back(x);
  auto taught = learn(heads, lessons);
  BOOST_REQUIRE(taught.classes.size() == 4u);
  BOOST_TEST(taught.classes[3] == "scooter");
  BOOST_TEST(test::accuracy(heads, unseen) <= .8);
  BOOST_TEST(test::accuracy(taught, unseen) > .85);
}

BOOST_AUTO_TEST_CASE(the_first_label_of_a_class_makes_a_head) {
  test::toy_crops world{5};
  auto heads = schooled(world);
  auto one = world.crop("scooter");
  auto taught = learn(heads, {one});
  BOOST_TEST(!taught.validate().has_value());
  BOOST_TEST(test::accuracy(taught, {one}) == 1);
}

// Clues of classes stand before those of the region, so that a new class moves
// the columns of all heads.
BOOST_AUTO_TEST_CASE(heads_with_clues_say_the_same_with_one_class_more) {
  test::toy_crops world{6};
  auto heads = world.silent_heads(classes);
  heads.inputs = head_inputs::both;
  heads.weights.clear();
  for (size_t i = 0; i < classes.size() * heads.width(); ++i)
    heads.weights.push_back(std::sin(float(i)));
  auto crop = world.crop("scooter");
  crop.place.place.where = {.1f, .1f, .2f, .3f};
  crop.place.place.hint_score = .3f;
  crop.place.place.location = .5f;
  crop.place.hint = "van";
  auto before = heads.scores(rows_of(heads, {crop}).data());
  auto wider = with_classes_of(heads, {crop});
  auto after = wider.scores(rows_of(wider, {crop}).data());
  BOOST_REQUIRE(after.size() == 4u);
  for (size_t k = 0; k < 3; ++k)
    BOOST_TEST(after[k] == before[k], tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(a_class_that_was_off_is_on_when_it_is_taught) {
  test::toy_crops world{7};
  auto heads = schooled(world);
  heads.thresholds[1] = 2;
  BOOST_TEST(learn(heads, world.crops(all, 2)).thresholds[1] == 2);
  BOOST_TEST(learn(heads, world.crops(all, 3)).thresholds[1] == .5f);
}

BOOST_AUTO_TEST_CASE(the_relu_learns_too_where_it_starts_from_means) {
  test::toy_crops world{8};
  one_vs_all none;
  none.kind = head_kind::relu;
  none.dimensions = 24;
  auto lessons = world.crops(classes, 20);
  auto unseen = world.crops(classes, 100);
  auto heads = learn(none, lessons);
  BOOST_TEST(test::accuracy(heads, unseen) > .9);
}

// The world changes, then comes a thousand labels, one at a time.
BOOST_AUTO_TEST_CASE(a_thousand_updates_never_make_it_worse) {
  test::toy_crops world{9, 24, 1.2f};
  auto first = schooled(world);
  auto live = first;
  world.drift(1.5f);
  auto unseen = world.crops(all, 100);
  auto drifted = test::accuracy(live, unseen);
  std::vector<taught_crop> crops;
  std::vector<choosable_lesson> known;
  auto those = [&](const std::vector<size_t>& indices) {
    std::vector<taught_crop> result;
    for (auto i : indices)
      result.push_back(crops[i]);
    return result;
  };
  size_t passed = 0;
  for (int i = 0; i < 1000; ++i) {
    crops.push_back(world.crop(all[size_t(i) % 4]));
    known.push_back({crops.back().id, crops.back().label});
    if (i % 4 != 3 && i > 40)
      continue; // in batches of four
    auto chosen = choose_lessons(known);
    auto next = learn(first, those(chosen.learn));
    auto held_out = those(chosen.held_out);
    if (!judge(live, next, held_out).passed)
      continue;
    if (!held_out.empty())
      BOOST_TEST(test::accuracy(next, held_out)
                 >= test::accuracy(live, held_out));
    live = std::move(next);
    ++passed;
  }
  BOOST_TEST_MESSAGE("accuracy " << drifted << " after the drift, "
                                 << test::accuracy(live, unseen) << " after "
                                 << passed << " heads that went live");
  BOOST_TEST(test::accuracy(live, unseen) > drifted + .1);
  BOOST_TEST(passed > 10u);
}

BOOST_AUTO_TEST_SUITE_END()
