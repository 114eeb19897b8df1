#include "runtime/metrics/accuracy.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

constexpr float height = 1 / 32.f;

/// A box of a low strip of the frame: IoUs are those of intervals, areas 1/32
/// of the length.
box from_to(float x0, float x1) {
  return {x0, 0, x1, height};
}

detection saw(float x0, float x1, int32_t label, float score = .9f) {
  return {from_to(x0, x1), label, score, 0};
}

truth_object is(float x0, float x1, int32_t label) {
  return {from_to(x0, x1), label, 0};
}

void check(const match_counts& x, uint64_t right, uint64_t wrong,
           uint64_t missed) {
  BOOST_TEST(x.right == right);
  BOOST_TEST(x.wrong == wrong);
  BOOST_TEST(x.missed == missed);
}

// Objects A: [0, .4] of label 0, B: [.5, .9] of label 1.
const std::vector<truth_object> there{is(0, .4f, 0), is(.5f, .9f, 1)};

// On A twice: IoU .36/.4 = 0.9 and .16/.4 = 0.4. On B with the wrong label:
// IoU 1. Nowhere near: [.92, .98].
const std::vector<detection> found{saw(0, .36f, 0), saw(0, .16f, 0),
                                   saw(.5f, .9f, 0), saw(.92f, .98f, 1)};

} // namespace

BOOST_AUTO_TEST_SUITE(accuracy_tests)

BOOST_AUTO_TEST_CASE(scores_follow_from_the_counts) {
  match_counts x{6, 2, 4};
  BOOST_TEST(x.precision() == .75);
  BOOST_TEST(x.recall() == .6);
  BOOST_TEST(x.f1() == 12. / 18, tt::tolerance(1e-12));
  x += {1, 1, 1};
  check(x, 7, 3, 5);
}

BOOST_AUTO_TEST_CASE(nothing_there_and_nothing_found_is_perfect) {
  BOOST_TEST(match_counts{}.f1() == 1);
  BOOST_TEST((match_counts{0, 3, 0}.f1()) == 0);
  BOOST_TEST((match_counts{0, 0, 3}.f1()) == 0);
  BOOST_TEST((match_counts{0, 0, 3}.precision()) == 1);
}

BOOST_AUTO_TEST_CASE(one_to_one_counts_a_second_box_as_wrong) {
  check(count_one_to_one(found, there), 1, 3, 1);
  check(count_one_to_one(found, there, false), 2, 2, 0);
  // A second box at IoU 0.9 is one too many, though it fits.
  check(count_one_to_one({saw(0, .36f, 0), saw(.04f, .4f, 0)}, there), 1, 1, 1);
}

BOOST_AUTO_TEST_CASE(dds_counts_every_box_that_overlaps_by_three_tenths) {
  check(count_dds(found, there), 2, 2, 1);
  check(count_dds({saw(0, .124f, 0)}, there), 1, 0, 1); // IoU 0.31
  check(count_dds({saw(0, .116f, 0)}, there), 0, 1, 2); // IoU 0.29
  check(count_dds({saw(0, .4f, 1)}, there), 0, 1, 2);   // another label
}

BOOST_AUTO_TEST_CASE(dds_leaves_large_boxes_out_on_both_sides) {
  box fits{0, 0, 1, .04f}, large{0, .2f, 1, .2401f};
  check(count_dds({{fits, 0, .9f, 0}}, {{fits, 0, 0}}), 1, 0, 0);
  check(count_dds({{large, 0, .9f, 0}}, {}), 0, 0, 0);
  check(count_dds({}, {{large, 0, 0}}), 0, 0, 0);
}

BOOST_AUTO_TEST_CASE(accmpeg_scores_each_frame) {
  // A is found, B is not: 2 * 1 / (4 + 2).
  auto x = score_accmpeg(found, there);
  BOOST_TEST(x.value == 1. / 3, tt::tolerance(1e-12));
  BOOST_TEST(x.precision == .25);
  BOOST_TEST(x.recall == .5);
  // Half of the object is not more than half.
  BOOST_TEST(score_accmpeg({saw(0, .25f, 0)}, {is(0, .5f, 0)}).value == 0);
  BOOST_TEST(score_accmpeg({saw(0, .26f, 0)}, {is(0, .5f, 0)}).value == 1);
  // Two boxes on one object: it is found once, a box is left.
  BOOST_TEST(
    score_accmpeg({saw(0, .4f, 0), saw(0, .39f, 0)}, {is(0, .4f, 0)}).value
      == 2. / 3,
    tt::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(accmpeg_takes_empty_lists_as_all_or_nothing) {
  BOOST_TEST(score_accmpeg({}, {}).value == 1);
  BOOST_TEST(score_accmpeg(found, {}).value == 0);
  BOOST_TEST(score_accmpeg({}, there).value == 0);
  box large{0, 0, 1, .081f}; // is left out, so both are empty
  BOOST_TEST(score_accmpeg({{large, 0, .9f, 0}}, {{large, 1, 0}}).value == 1);
}

BOOST_AUTO_TEST_CASE(a_report_sums_counts_and_averages_accmpeg) {
  accuracy_meter uut;
  uut.add(found, there);                      // 1/3 with AccMPEG
  uut.add({}, {});                            // 1
  uut.add({saw(0, .4f, 0)}, {is(0, .4f, 0)}); // 1
  auto x = uut.report();
  BOOST_TEST(x.frames == 3u);
  BOOST_TEST(x.boxes == 5u);
  BOOST_TEST(x.objects == 3u);
  // One-to-one: 2 right, 3 wrong, 1 missed.
  BOOST_TEST(x.one_to_one.value == .5);
  BOOST_TEST(x.one_to_one.precision == .4);
  BOOST_TEST(x.one_to_one.recall == 2. / 3, tt::tolerance(1e-12));
  BOOST_TEST(x.anywhere.recall == 1);
  // DDS: 3 right, 2 wrong, 1 missed.
  BOOST_TEST(x.dds.value == 2. / 3, tt::tolerance(1e-12));
  BOOST_TEST(x.accmpeg.value == 7. / 9, tt::tolerance(1e-12));
  BOOST_TEST(accuracy_meter{}.report().accmpeg.value == 0);
}

// A crowd on the left half: one is found in it, one beside it.
BOOST_AUTO_TEST_CASE(who_is_found_in_a_crowd_is_neither_right_nor_wrong) {
  std::vector<truth_object> there{{{0, 0, .5f, 1}, 0, 0, true},
                                  {{.1f, .1f, .2f, .2f}, 0, 1}};
  std::vector<detection> found{{{.1f, .1f, .2f, .2f}, 0, .9f, 1},
                               {{.3f, .1f, .4f, .2f}, 1, .8f, 1},
                               {{.46f, .5f, .6f, .6f}, 0, .7f, 1}};
  accuracy_meter uut;
  uut.add(found, there);
  auto& x = uut.counts();
  BOOST_TEST(x.right == 1u);
  BOOST_TEST(x.wrong == 1u); // a third of it lies on the crowd
  BOOST_TEST(x.missed == 0u);
  BOOST_TEST(uut.report().objects == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
