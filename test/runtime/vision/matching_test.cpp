#include "runtime/vision/matching.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

/// A box of the height of the frame: IoUs are those of intervals.
box from_to(float x0, float x1) {
  return {x0, 0, x1, 1};
}

using indices = std::vector<int32_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(matching_tests)

BOOST_AUTO_TEST_CASE(an_object_is_matched_once) {
  // Both overlap the object by 0.9 and 0.8; the better scored one gets it.
  std::vector<truth_object> there{{from_to(0, 1), 0, 1}};
  std::vector<detection> found{{from_to(0, .9f), 0, .6f, 0},
                               {from_to(0, .8f), 0, .7f, 0}};
  BOOST_TEST(match_one_to_one(found, there) == (indices{-1, 0}),
             tt::per_element());
}

BOOST_AUTO_TEST_CASE(equal_scores_choose_in_their_order) {
  std::vector<truth_object> there{{from_to(0, 1), 0, 1}};
  std::vector<detection> found{{from_to(0, .8f), 0, .7f, 0},
                               {from_to(0, .9f), 0, .7f, 0}};
  BOOST_TEST(match_one_to_one(found, there) == (indices{0, -1}),
             tt::per_element());
}

BOOST_AUTO_TEST_CASE(a_box_takes_the_object_that_it_overlaps_most) {
  // IoU 0.6 / 1.0 = 0.6 with the first, 0.8 with the second.
  std::vector<truth_object> there{{from_to(0, .6f), 0, 1},
                                  {from_to(0, .8f), 0, 2}};
  std::vector<detection> found{{from_to(0, 1), 0, .9f, 0},
                               {from_to(0, .6f), 0, .5f, 0}};
  BOOST_TEST(match_one_to_one(found, there) == (indices{1, 0}),
             tt::per_element());
  // Where its favourite is taken it contents itself with another.
  found[1].where = from_to(0, .8f); // 0.75 with the first
  BOOST_TEST(match_one_to_one(found, there) == (indices{1, 0}),
             tt::per_element());
}

BOOST_AUTO_TEST_CASE(the_overlap_has_a_limit_that_belongs_to_it) {
  std::vector<truth_object> there{{from_to(0, 1), 0, 1}};
  std::vector<detection> half{{from_to(0, .5f), 0, .9f, 0}};
  std::vector<detection> less{{from_to(0, .49f), 0, .9f, 0}};
  BOOST_TEST(match_one_to_one(half, there)[0] == 0);
  BOOST_TEST(match_one_to_one(less, there)[0] == no_match);
  BOOST_TEST(match_one_to_one(less, there, {.4f, true})[0] == 0);
}

BOOST_AUTO_TEST_CASE(labels_agree_unless_any_will_do) {
  std::vector<truth_object> there{{from_to(0, 1), 1, 1}};
  std::vector<detection> found{{from_to(0, 1), 2, .9f, 0}};
  BOOST_TEST(match_one_to_one(found, there)[0] == no_match);
  BOOST_TEST(match_one_to_one(found, there, {.5f, false})[0] == 0);
}

BOOST_AUTO_TEST_CASE(detections_become_objects) {
  auto xs = as_truth({{from_to(.1f, .2f), 3, .9f, .8f}});
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST((xs[0] == truth_object{from_to(.1f, .2f), 3, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
