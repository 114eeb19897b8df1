#include "runtime/learning/head_thresholds.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

/// One frame a source; each with 8 right labels of the cloud, 2 wrong, and
/// `missed` objects: F1 is 16 / (18 + missed).
head_lessons sources(std::vector<uint64_t> missed) {
  head_lessons result;
  result.classes = {"a", "b"};
  for (uint32_t i = 0; i < missed.size(); ++i)
    result.frames.push_back({i, {8, 2, missed[i]}});
  return result;
}

void add(head_lessons& to, held_out_scores& scores, uint32_t source,
         int32_t truth, float a, float b = 0) {
  to.lessons.push_back({{}, truth, source, true});
  scores.push_back({a, b});
}

std::vector<float> choose(const head_lessons& xs, const held_out_scores& scores,
                          double max_harm = 0) {
  double ignored = 0;
  return choose_thresholds(xs, scores, max_harm, ignored);
}

constexpr float off = 2;

} // namespace

BOOST_AUTO_TEST_SUITE(head_thresholds_tests)

BOOST_AUTO_TEST_CASE(a_right_name_finds_an_object_and_a_wrong_one_adds_a_box) {
  auto xs = sources({4, 4});
  held_out_scores ignored;
  add(xs, ignored, 0, 0, 0);
  add(xs, ignored, 0, 1, 0);
  add(xs, ignored, 1, -1, 0);
  xs.lessons.push_back({{}, 0, 1, false}); // no region: never counts
  auto counts = counts_of_sources(xs, [](size_t) { return 0; });
  BOOST_TEST(counts[0].right == 9u);
  BOOST_TEST(counts[0].wrong == 3u);
  BOOST_TEST(counts[0].missed == 3u);
  BOOST_TEST(counts[1].right == 8u);
  BOOST_TEST(counts[1].wrong == 3u);
  // 18 / 24 and 16 / 23.
  BOOST_TEST(mean_f1(xs, [](size_t) { return 0; }) == (.75 + 16. / 23) / 2,
             tt::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(the_threshold_lies_between_right_and_wrong) {
  auto xs = sources({4});
  held_out_scores scores;
  for (auto score : {.8f, .75f, .72f})
    add(xs, scores, 0, 0, score);
  for (auto score : {.66f, .6f})
    add(xs, scores, 0, -1, score);
  double f1 = 0;
  auto thresholds = choose_thresholds(xs, scores, 0, f1);
  BOOST_TEST(thresholds[0] == .7f);
  BOOST_TEST(thresholds[1] == off);                 // no region of b
  BOOST_TEST(f1 == 22. / 25, tt::tolerance(1e-12)); // 11 right, 2 wrong, 1 left
}

BOOST_AUTO_TEST_CASE(
  of_thresholds_that_gain_nearly_the_same_the_highest_holds) {
  auto xs = sources({8});
  held_out_scores scores;
  for (auto score : {.91f, .91f, .91f, .91f, .9f})
    add(xs, scores, 0, 0, score);
  BOOST_TEST(choose(xs, scores)[0] == .9f);
}

// F1 is 0.73: a name pays where more than 0.36 are right. Of two names both are
// right by luck with 0.13, of three all with 0.05.
BOOST_AUTO_TEST_CASE(what_luck_explains_does_not_count) {
  auto xs = sources({4});
  held_out_scores scores;
  add(xs, scores, 0, 0, .9f);
  add(xs, scores, 0, 0, .9f);
  BOOST_TEST(choose(xs, scores)[0] == off);
  add(xs, scores, 0, 0, .9f);
  BOOST_TEST(choose(xs, scores)[0] == .9f);
}

BOOST_AUTO_TEST_CASE(a_class_that_gains_nothing_is_off) {
  auto xs = sources({4});
  held_out_scores scores;
  add(xs, scores, 0, 0, .5f);
  for (int i = 0; i < 3; ++i)
    add(xs, scores, 0, -1, .6f);
  BOOST_TEST(choose(xs, scores)[0] == off);
}

BOOST_AUTO_TEST_CASE(a_wrong_class_is_a_wrong_box) {
  auto xs = sources({8});
  held_out_scores scores;
  for (auto score : {.9f, .85f, .8f})
    add(xs, scores, 0, 0, score, .1f);
  for (int i = 0; i < 3; ++i)
    add(xs, scores, 0, 1, .7f, .6f); // a is louder, as long as it may speak
  auto thresholds = choose(xs, scores);
  BOOST_TEST(thresholds[0] == .8f);
  BOOST_TEST(thresholds[1] == .6f);
}

BOOST_AUTO_TEST_CASE(what_harms_a_source_is_off_however_much_another_gains) {
  auto xs = sources({8, 0});
  held_out_scores scores;
  for (int i = 0; i < 6; ++i)
    add(xs, scores, 0, 0, .9f);
  add(xs, scores, 1, -1, .92f);
  add(xs, scores, 1, -1, .92f);
  BOOST_TEST(choose(xs, scores)[0] == off);
  BOOST_TEST(choose(xs, scores, 1)[0] == off);
  BOOST_TEST(choose(xs, scores, 2)[0] == .9f);
}

BOOST_AUTO_TEST_SUITE_END()
