#include "runtime/vision/region_filter.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

constexpr box here{.1f, .1f, .2f, .2f};
constexpr box there{.5f, .5f, .6f, .6f};

} // namespace

BOOST_AUTO_TEST_SUITE(region_filter_tests)

BOOST_AUTO_TEST_CASE(a_sure_class_makes_a_label_and_the_rest_a_region) {
  auto out = filter_regions({{here, 3, .5f, .9f}, {there, 4, .49f, .8f}}, {});
  BOOST_REQUIRE(out.labels.size() == 1u);
  BOOST_TEST(out.labels[0].label == 3);
  BOOST_REQUIRE(out.regions.size() == 1u);
  BOOST_TEST(out.regions[0].location == .8f);
  BOOST_TEST(out.regions[0].hint == 4);
  BOOST_TEST(out.regions[0].hint_score == .49f);
}

BOOST_AUTO_TEST_CASE(a_badly_located_box_is_no_region) {
  BOOST_TEST(filter_regions({{here, 0, .1f, .49f}}, {}).regions.empty());
  BOOST_TEST(filter_regions({{here, 0, .1f, .5f}}, {}).regions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_box_over_a_label_is_no_region) {
  // Half covered: IoU 1/3, above the limit of 0.3. Wider apart: 1/4.
  box half{.15f, .1f, .25f, .2f}, less{.16f, .1f, .26f, .2f};
  detection label{here, 0, .9f, .9f};
  BOOST_TEST(filter_regions({label, {half, 1, .1f, .9f}}, {}).regions.empty());
  BOOST_TEST(filter_regions({label, {less, 1, .1f, .9f}}, {}).regions.size()
             == 1u);
}

BOOST_AUTO_TEST_CASE(a_box_of_much_of_the_frame_is_background) {
  box large{0, 0, .2f, .21f}, small{0, 0, .2f, .19f}; // limit: 0.04
  BOOST_TEST(filter_regions({{large, 0, .1f, .9f}}, {}).regions.empty());
  BOOST_TEST(filter_regions({{small, 0, .1f, .9f}}, {}).regions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(leftovers_of_any_label_are_merged_to_the_best_located) {
  box beside{.11f, .1f, .21f, .2f};
  auto out = filter_regions({{here, 1, .3f, .6f}, {beside, 2, .2f, .8f}}, {});
  BOOST_REQUIRE(out.regions.size() == 1u);
  BOOST_TEST(out.regions[0].hint == 2);
}

BOOST_AUTO_TEST_CASE(a_threshold_outside_its_range_is_named) {
  region_filter_config cfg;
  BOOST_TEST(!cfg.validate());
  cfg.theta_loc = 2;
  BOOST_REQUIRE(cfg.validate());
  BOOST_TEST(cfg.validate()->find("theta_loc is 2") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
