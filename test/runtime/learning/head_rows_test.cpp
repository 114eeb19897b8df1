#include "runtime/learning/head_rows.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

one_vs_all two_classes(head_inputs inputs) {
  one_vs_all result;
  result.dimensions = 2;
  result.classes = {"bike", "vehicle"};
  result.hints = {{"bicycle"}, {"car", "truck"}};
  result.inputs = inputs;
  return result;
}

/// A box of a tenth by two tenths of the frame.
hinted_region place(const std::string& hint) {
  return {{{.1f, .1f, .2f, .3f}, .6f, 0, .3f}, hint};
}

void check(const std::vector<float>& row, const std::vector<float>& wanted) {
  BOOST_TEST_REQUIRE(row.size() == wanted.size());
  for (size_t i = 0; i < row.size(); ++i)
    BOOST_TEST(std::abs(row[i] - wanted[i]) < 1e-5f, i << ": " << row[i]);
}

// log(0.02) / 3 + 2 and log(2).
const float size = std::log(.02f) / 3 + 2, aspect = std::log(2.f);

} // namespace

BOOST_AUTO_TEST_SUITE(head_rows_tests)

BOOST_AUTO_TEST_CASE(features_get_length_one_and_a_constant) {
  check(head_rows(two_classes(head_inputs::features), {3, 4, 0, 0}, {}),
        {.6f, .8f, 1, 0, 0, 1});
}

BOOST_AUTO_TEST_CASE(clues_say_what_the_detector_thought) {
  // Score of bike, of vehicle; is it the hint; of no class; location 0.6 / 0.2.
  auto heads = two_classes(head_inputs::clues);
  check(head_rows(heads, {}, {place("truck")}),
        {0, 1.5f, 0, 1, 0, 3, size, aspect, 1});
  check(head_rows(heads, {}, {place("bicycle")}),
        {1.5f, 0, 1, 0, 0, 3, size, aspect, 1});
  check(head_rows(heads, {}, {place("kite")}),
        {0, 0, 0, 0, 1.5f, 3, size, aspect, 1});
  BOOST_TEST(heads.width() == 9u);
}

BOOST_AUTO_TEST_CASE(both_stand_side_by_side) {
  check(head_rows(two_classes(head_inputs::both), {3, 4}, {place("car")}),
        {.6f, .8f, 0, 1.5f, 0, 1, 0, 3, size, aspect, 1});
}

BOOST_AUTO_TEST_CASE(sizes_that_do_not_fit_give_nothing) {
  BOOST_TEST(
    head_rows(two_classes(head_inputs::both), {3, 4, 5, 6}, {place("car")})
      .empty());
  BOOST_TEST(
    head_rows(two_classes(head_inputs::features), {3, 4, 5}, {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
