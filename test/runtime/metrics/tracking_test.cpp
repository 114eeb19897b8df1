#include "runtime/metrics/tracking.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

using boxes = std::vector<identified_box>;

/// A box of the height of the frame: IoUs are those of intervals.
identified_box at(float x0, float x1, uint64_t identity, bool ignored = false) {
  return {{x0, 0, x1, 1}, identity, ignored};
}

/// The place of object or track number `i`, apart from all others.
identified_box in(int place, uint64_t identity, bool ignored = false) {
  auto x = .1f * float(place);
  return at(x, x + .08f, identity, ignored);
}

const auto near = tt::tolerance(1e-9);

} // namespace

BOOST_AUTO_TEST_SUITE(tracking_tests)

BOOST_AUTO_TEST_CASE(the_same_boxes_are_perfect) {
  tracking_meter uut;
  for (int i = 0; i < 3; ++i)
    uut.add({in(i, 1), in(i + 4, 2)}, {in(i, 7), in(i + 4, 9)});
  auto x = uut.report();
  BOOST_TEST(x.frames == 3u);
  BOOST_TEST(x.objects == 6u);
  BOOST_TEST(x.boxes == 6u);
  BOOST_TEST(x.mota == 1);
  BOOST_TEST(x.motp == 1, tt::tolerance(1e-6));
  BOOST_TEST(x.idf1 == 1);
}

// One object through four frames, two of them each with another track:
// MOTA = 1 - 1 / 4. One of the tracks is the object's, its two frames are
// IDTP, the other two are IDFP and IDFN: IDF1 = 2 * 2 / (4 + 4).
BOOST_AUTO_TEST_CASE(a_switch_costs_mota_once_and_idf1_by_its_length) {
  tracking_meter uut;
  for (auto track : {7, 7, 8, 8})
    uut.add({in(1, 1)}, {in(1, uint64_t(track))});
  auto x = uut.report();
  BOOST_TEST(x.switches == 1u);
  BOOST_TEST(x.mota == .75, near);
  BOOST_TEST(x.id_right == 2u);
  BOOST_TEST(x.idf1 == .5, near);
}

// Missed twice between two tracks: FN 2, IDSW 1 of 4 objects.
BOOST_AUTO_TEST_CASE(a_switch_over_a_gap_is_a_switch) {
  tracking_meter uut;
  uut.add({in(1, 1)}, {in(1, 7)});
  uut.add({in(1, 1)}, {});
  uut.add({in(1, 1)}, {});
  uut.add({in(1, 1)}, {in(1, 8)});
  auto x = uut.report();
  BOOST_TEST(x.missed == 2u);
  BOOST_TEST(x.switches == 1u);
  BOOST_TEST(x.mota == .25, near);
  BOOST_TEST(x.idf1 == 2. / (4 + 2), near);
  BOOST_TEST(x.id_precision == .5, near);
  BOOST_TEST(x.id_recall == .25, near);
}

// Two frames of one object each; three wrong boxes beside one right one, and a
// missed object: FN 1, FP 3 of 2 objects.
BOOST_AUTO_TEST_CASE(mota_may_be_negative) {
  tracking_meter uut;
  uut.add({in(1, 1)}, {in(1, 7), in(3, 8), in(5, 9)});
  uut.add({in(1, 1)}, {in(3, 8)});
  auto x = uut.report();
  BOOST_TEST(x.missed == 1u);
  BOOST_TEST(x.wrong == 3u);
  BOOST_TEST(x.mota == -1, near);
  BOOST_TEST(x.idf1 == 2. / (2 + 4), near);
}

// In the second frame track 8 lies exactly on the object (IoU 1) and track 7
// by .3 / .5 = 0.6: the object stays with 7, as it can.
BOOST_AUTO_TEST_CASE(an_object_keeps_its_track_where_it_still_matches) {
  tracking_meter uut;
  uut.add({at(0, .4f, 1)}, {at(0, .4f, 7)});
  uut.add({at(0, .4f, 1)}, {at(.1f, .5f, 7), at(0, .4f, 8)});
  BOOST_TEST(uut.report().switches == 0u);
  // Without a past the better one is taken: MOTP of this frame is 1.
  tracking_meter fresh;
  fresh.add({at(0, .4f, 1)}, {at(.1f, .5f, 7), at(0, .4f, 8)});
  BOOST_TEST(fresh.report().motp == 1, tt::tolerance(1e-6));
}

// Box 7 is best with object 1 (IoU 1), but only it fits object 2 (.3 / .5);
// object 1 can also have box 8 (.3 / .5): two matches, not one.
BOOST_AUTO_TEST_CASE(most_matches_come_before_the_best_overlap) {
  tracking_meter uut;
  uut.add({at(.1f, .5f, 1), at(.2f, .6f, 2)}, {at(.1f, .5f, 7), at(0, .4f, 8)});
  auto x = uut.report();
  BOOST_TEST(x.missed == 0u);
  BOOST_TEST(x.wrong == 0u);
}

// Objects 1 and 2 pass each other and the tracks stay behind: 7 is three
// frames with 1 and then one with 2; 8 the other way round. IDTP = 3 + 3.
BOOST_AUTO_TEST_CASE(identities_are_matched_over_the_whole_video) {
  tracking_meter uut;
  for (int i = 0; i < 3; ++i)
    uut.add({in(1, 1), in(4, 2)}, {in(1, 7), in(4, 8)});
  uut.add({in(1, 2), in(4, 1)}, {in(1, 7), in(4, 8)});
  auto x = uut.report();
  BOOST_TEST(x.id_right == 6u);
  BOOST_TEST(x.idf1 == .75, near);
  BOOST_TEST(x.switches == 2u);
  BOOST_TEST(x.mota == .75, near);
}

BOOST_AUTO_TEST_CASE(ignored_truth_counts_neither_way) {
  tracking_meter uut;
  // A box on ignored truth is left out, one on nothing is wrong.
  uut.add({in(1, 1, true)}, {in(1, 7), in(5, 8)});
  // Ignored truth that nobody found is not missed.
  uut.add({in(1, 1, true), in(3, 2)}, {in(3, 9)});
  auto x = uut.report();
  BOOST_TEST(x.objects == 1u);
  BOOST_TEST(x.boxes == 2u);
  BOOST_TEST(x.missed == 0u);
  BOOST_TEST(x.wrong == 1u);
  BOOST_TEST(x.mota == 0, near);
}

// The box overlaps the ignored object by .3 / .5, the real one by 1.
BOOST_AUTO_TEST_CASE(ignored_truth_takes_no_box_from_a_real_object) {
  tracking_meter uut;
  uut.add({at(.1f, .5f, 1, true), at(0, .4f, 2)}, {at(0, .4f, 7)});
  auto x = uut.report();
  BOOST_TEST(x.missed == 0u);
  BOOST_TEST(x.mota == 1);
}

BOOST_AUTO_TEST_CASE(half_an_overlap_is_enough) {
  tracking_meter uut;
  uut.add({at(0, .5f, 1)}, {at(0, .25f, 7)});
  BOOST_TEST(uut.report().missed == 0u);
  tracking_meter less;
  less.add({at(0, .5f, 1)}, {at(0, .24f, 7)});
  BOOST_TEST(less.report().missed == 1u);
  BOOST_TEST(less.report().wrong == 1u);
}

BOOST_AUTO_TEST_CASE(without_objects_all_or_nothing) {
  tracking_meter uut;
  uut.add({}, {});
  BOOST_TEST(uut.report().mota == 1);
  BOOST_TEST(uut.report().idf1 == 1);
  uut.add({}, {in(1, 7)});
  BOOST_TEST(uut.report().mota == 0);
  BOOST_TEST(uut.report().idf1 == 0);
}

BOOST_AUTO_TEST_SUITE_END()
