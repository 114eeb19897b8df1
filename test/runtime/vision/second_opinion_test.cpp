#include "runtime/vision/second_opinion.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

box at(float x) {
  return {x, 0, x + .1f, .1f};
}

} // namespace

BOOST_AUTO_TEST_SUITE(second_opinion_tests)

BOOST_AUTO_TEST_CASE(the_surest_box_about_a_region_is_its_opinion) {
  // IoU of two such boxes that are d apart: (.1 - d) / (.1 + d).
  auto x = best_about(at(.5f), {{at(.52f), 1, .6f, 0},   // .67
                                {at(.53f), 2, .7f, 0},   // .54
                                {at(.56f), 3, .9f, 0}}); // .25: of another
  BOOST_TEST(x.label == 2);
  BOOST_TEST(x.score == .7f);
  BOOST_TEST(x.where.x0 == .53f);
  BOOST_TEST(x.looked);
  x = best_about(at(.5f), {{at(.6f), 1, .9f, 0}});
  BOOST_TEST(x.label == -1);
  BOOST_TEST(x.where.x0 == .5f);
  BOOST_TEST(x.looked);
}

BOOST_AUTO_TEST_CASE(weak_and_repeated_opinions_lose_their_label) {
  std::vector<second_opinion> xs{{at(0), 1, .39f, true},   // not believed
                                 {at(.2f), 1, .4f, true},  // just
                                 {at(.3f), 2, .9f, true},  // repeats a label
                                 {at(.52f), 3, .5f, true}, // repeats the next
                                 {at(.5f), 4, .6f, true},
                                 {at(.8f), -1, 0, false}};
  settle(xs, {at(.31f)});
  std::vector<int32_t> labels;
  for (auto& x : xs)
    labels.push_back(x.label);
  BOOST_TEST(labels == (std::vector<int32_t>{-1, 1, -1, -1, 4, -1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
