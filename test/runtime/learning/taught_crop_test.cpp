#include "runtime/learning/taught_crop.hpp"

#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(taught_crop_tests)

BOOST_AUTO_TEST_CASE(rows_are_of_the_backbone_or_none) {
  test::toy_crops world{1, 4};
  auto heads = world.silent_heads({"car"});
  auto xs = world.crops({"car", ""}, 2);
  auto rows = rows_of(heads, xs);
  BOOST_REQUIRE(rows.size() == 20u);
  BOOST_TEST(rows[4] == 1);
  xs[1].features.clear();
  BOOST_TEST(rows_of(heads, xs).empty());
}

BOOST_AUTO_TEST_SUITE_END()
