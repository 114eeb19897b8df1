#include "runtime/vision/geometry.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

const polygon square{{.2f, .2f}, {.6f, .2f}, {.6f, .6f}, {.2f, .6f}};

/// An L: the upper right quarter of the square from 0 to 1 is missing.
const polygon bent{{0, 0}, {.5f, 0}, {.5f, .5f}, {1, .5f}, {1, 1}, {0, 1}};

/// Down the middle of the picture, from .2 to .8: left of it is to the right.
const line gate{{.5f, .2f}, {.5f, .8f}};

/// How often somebody passes to either side on a way.
std::pair<int, int> passes(const std::vector<point>& way,
                           const line& x = gate) {
  passage who;
  std::pair<int, int> result;
  for (auto& p : way) {
    auto to = step_to(p, x, who);
    result.first += to == side::left;
    result.second += to == side::right;
  }
  return result;
}

using counts = std::pair<int, int>;

} // namespace

BOOST_AUTO_TEST_SUITE(geometry_tests)

BOOST_AUTO_TEST_CASE(a_point_is_inside_on_the_edge_or_outside) {
  BOOST_TEST(inside({.4f, .4f}, square));
  BOOST_TEST(!inside({.1f, .4f}, square));
  BOOST_TEST(!inside({.7f, .4f}, square));
  BOOST_TEST(!inside({.4f, .1f}, square));
  for (auto& corner : square)
    BOOST_TEST(inside(corner, square));
  for (auto& p : polygon{{.4f, .2f}, {.6f, .4f}, {.4f, .6f}, {.2f, .4f}})
    BOOST_TEST(inside(p, square));
  // On the lines of its edges, but beside them.
  BOOST_TEST(!inside({.1f, .2f}, square));
  BOOST_TEST(!inside({.7f, .6f}, square));
}

BOOST_AUTO_TEST_CASE(a_polygon_may_be_bent_or_no_area) {
  BOOST_TEST(inside({.25f, .25f}, bent));
  BOOST_TEST(!inside({.75f, .25f}, bent));
  BOOST_TEST(inside({.75f, .75f}, bent));
  // A ray through a corner counts it once.
  BOOST_TEST(inside({.25f, .5f}, bent));
  BOOST_TEST(!inside({-.1f, .5f}, bent));
  BOOST_TEST(!inside({.5f, .5f}, polygon{}));
  BOOST_TEST(inside({.5f, .5f}, polygon{{.5f, .5f}, {.5f, .5f}}));
}

// From .1 to .9 along .4: inside from .2 to .6, half of the way.
BOOST_AUTO_TEST_CASE(a_way_lies_partly_inside) {
  BOOST_TEST(share_inside({.1f, .4f}, {.9f, .4f}, square) == .5f,
             tt::tolerance(1e-5f));
  BOOST_TEST(share_inside({.3f, .4f}, {.5f, .4f}, square) == 1);
  BOOST_TEST(share_inside({.1f, .1f}, {.9f, .1f}, square) == 0);
  BOOST_TEST(share_inside({.4f, .4f}, {.4f, .4f}, square) == 1);
  BOOST_TEST(share_inside({.1f, .1f}, {.1f, .1f}, square) == 0);
  // Along .25 the L is there up to .5, then it is not.
  BOOST_TEST(share_inside({0, .25f}, {1, .25f}, bent) == .5f,
             tt::tolerance(1e-5f));
  // Out of it and into it again: (.25, .25) to (.75, .75) touches the inner
  // corner only.
  BOOST_TEST(share_inside({.25f, .75f}, {.75f, .25f}, bent) == .5f,
             tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(sides_are_those_of_who_walks_along_the_line) {
  line right{{0, .5f}, {1, .5f}}; // y goes down
  BOOST_TEST((side_of({.5f, .9f}, right) == side::right));
  BOOST_TEST((side_of({.5f, .1f}, right) == side::left));
  BOOST_TEST((side_of({.5f, .5f}, right) == side::on));
  BOOST_TEST((side_of({3, .5f}, right) == side::on));
}

BOOST_AUTO_TEST_CASE(who_changes_sides_over_the_line_passes) {
  BOOST_TEST((passes({{.3f, .5f}, {.7f, .5f}}) == counts{1, 0}));
  BOOST_TEST((passes({{.7f, .5f}, {.3f, .5f}}) == counts{0, 1}));
  BOOST_TEST(
    (passes({{.3f, .5f}, {.7f, .5f}, {.3f, .5f}, {.7f, .5f}}) == counts{2, 1}));
  BOOST_TEST((passes({{.3f, .5f}, {.4f, .5f}}) == counts{0, 0}));
}

BOOST_AUTO_TEST_CASE(who_goes_around_the_line_does_not_pass) {
  BOOST_TEST((passes({{.3f, .1f}, {.7f, .1f}}) == counts{0, 0}));
  BOOST_TEST((passes({{.3f, .9f}, {.7f, .9f}}) == counts{0, 0}));
  // From .3 to .7 across, from .1 to .5 down: over it at .3.
  BOOST_TEST((passes({{.3f, .1f}, {.7f, .5f}}) == counts{1, 0}));
}

BOOST_AUTO_TEST_CASE(who_touches_the_line_and_goes_back_does_not_pass) {
  BOOST_TEST((passes({{.3f, .5f}, {.5f, .5f}, {.3f, .5f}}) == counts{0, 0}));
  BOOST_TEST(
    (passes({{.3f, .5f}, {.5f, .5f}, {.5f, .5f}, {.3f, .5f}}) == counts{0, 0}));
}

BOOST_AUTO_TEST_CASE(who_stands_on_the_line_and_goes_on_passes_once) {
  BOOST_TEST(
    (passes({{.3f, .5f}, {.5f, .5f}, {.5f, .5f}, {.7f, .5f}}) == counts{1, 0}));
  // Walks along it beyond its end, and then to the other side.
  BOOST_TEST(
    (passes({{.3f, .5f}, {.5f, .5f}, {.5f, .9f}, {.7f, .9f}}) == counts{0, 0}));
  // The other way round: beyond its end first, and over it where it leaves.
  BOOST_TEST(
    (passes({{.3f, .9f}, {.5f, .9f}, {.5f, .5f}, {.7f, .5f}}) == counts{1, 0}));
}

BOOST_AUTO_TEST_CASE(who_begins_on_the_line_has_not_passed) {
  BOOST_TEST((passes({{.5f, .5f}, {.7f, .5f}}) == counts{0, 0}));
  BOOST_TEST((passes({{.5f, .5f}, {.7f, .5f}, {.3f, .5f}}) == counts{0, 1}));
}

BOOST_AUTO_TEST_CASE(the_joint_of_two_lines_is_passed_once) {
  line upper{{.5f, 0}, {.5f, .5f}}, lower{{.5f, .5f}, {.5f, 1}};
  std::vector<point> through{{.3f, .5f}, {.7f, .5f}};
  std::vector<point> standing{{.3f, .5f}, {.5f, .5f}, {.7f, .5f}};
  for (auto& way : {through, standing}) {
    BOOST_TEST((passes(way, upper) == counts{0, 0}));
    BOOST_TEST((passes(way, lower) == counts{1, 0}));
  }
}

BOOST_AUTO_TEST_SUITE_END()
