#include "runtime/pipeline/merge.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

constexpr box here{.1f, .1f, .2f, .2f};
constexpr box there{.5f, .5f, .6f, .6f};
constexpr box near{.1f, .1f, .2f, .19f}; // IoU 0.9 with `here`

const std::vector<std::string> names{"car", "bus"};
const std::vector<std::string> classes{"person"};

struct fixture {
  std::vector<detection> labels{{here, 0, .9f, .9f}};
  std::vector<region> regions{{there, .8f, 1, .4f}};
  std::vector<naming> namings{{0, .7f}};

  claims known() const {
    claims x;
    x.names = &names;
    x.labels = &labels;
    x.regions = &regions;
    return x;
  }

  claims named() const {
    claims x;
    x.by = named_by::fog;
    x.names = &classes;
    x.regions = &regions;
    x.namings = &namings;
    return x;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline_merge_tests, fixture)

BOOST_AUTO_TEST_CASE(labels_come_first_then_regions_under_their_names) {
  auto x = merge({known(), named()}, {});
  BOOST_TEST_REQUIRE(x.objects.size() == 2u);
  BOOST_TEST(x.objects[0].label == "car");
  BOOST_TEST((x.objects[0].by == named_by::cloud));
  BOOST_TEST(x.objects[1].label == "person");
  BOOST_TEST((x.objects[1].where == there));
  BOOST_TEST(x.objects[1].score == .7f);
  BOOST_TEST((x.objects[1].by == named_by::fog));
  BOOST_TEST(x.regions == 1u);
  BOOST_TEST(x.labels == 1u);
  BOOST_TEST(x.named == 1u);
}

BOOST_AUTO_TEST_CASE(background_is_no_object) {
  namings[0].label = -1;
  auto x = merge({known(), named()}, {});
  BOOST_TEST(x.objects.size() == 1u);
  BOOST_TEST(x.named == 0u);
}

BOOST_AUTO_TEST_CASE(hints_are_names_only_where_that_is_wanted) {
  merge_spec how;
  BOOST_TEST(merge({known()}, how).objects.size() == 1u);
  how.hints = .4f;
  auto x = merge({known()}, how);
  BOOST_TEST_REQUIRE(x.objects.size() == 2u);
  BOOST_TEST(x.objects[1].label == "bus");
  BOOST_TEST(x.hinted == 1u);
  how.hints = .41f;
  BOOST_TEST(merge({known()}, how).objects.size() == 1u);
}

BOOST_AUTO_TEST_CASE(labels_below_the_threshold_do_not_count) {
  auto x = known();
  x.from = .91f;
  BOOST_TEST(merge({x}, {}).labels == 0u);
  x.from = .9f;
  BOOST_TEST(merge({x}, {}).labels == 1u);
}

BOOST_AUTO_TEST_CASE(of_two_stages_the_first_one_s_object_stays) {
  std::vector<detection> again{{near, 1, .95f, .9f}, {there, 1, .5f, .5f}};
  auto second = known();
  second.labels = &again;
  second.regions = nullptr;
  merge_spec how;
  BOOST_TEST(merge({known(), second}, how).objects.size() == 3u);
  how.iou = .3f;
  auto x = merge({known(), second}, how);
  BOOST_TEST_REQUIRE(x.objects.size() == 2u);
  BOOST_TEST(x.objects[0].label == "car");
  BOOST_TEST((x.objects[1].where == there));
  // Within one stage nothing is left out: that was its own affair.
  std::vector<detection> both{{here, 0, .9f, .9f}, {near, 1, .8f, .9f}};
  second.labels = &both;
  BOOST_TEST(merge({second}, how).objects.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_named_region_inside_an_object_is_a_part_of_it) {
  merge_spec how;
  how.iou = .4f;
  regions[0].where = {.12f, .12f, .15f, .15f}; // of `here`, IoU .09
  BOOST_TEST(merge({known(), named()}, {}).objects.size() == 2u);
  BOOST_TEST(merge({known(), named()}, how).objects.size() == 1u);
  regions[0].where = {.18f, .12f, .24f, .15f}; // a third of it lies inside
  BOOST_TEST(merge({known(), named()}, how).objects.size() == 2u);
  // What a detector finds there stands before it, or in it.
  std::vector<detection> found{{{.12f, .12f, .15f, .15f}, 1, .9f, .9f}};
  auto looked = known();
  looked.labels = &found;
  looked.regions = nullptr;
  BOOST_TEST(merge({known(), looked}, how).objects.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_has_no_name_is_called_by_its_number) {
  BOOST_TEST(name_at(names, 1) == "bus");
  BOOST_TEST(name_at(names, 2) == "2");
  BOOST_TEST(name_at(names, -1) == "-1");
  labels[0].label = 9;
  BOOST_TEST(merge({known()}, {}).objects[0].label == "9");
}

BOOST_AUTO_TEST_CASE(more_places_than_names_are_no_objects) {
  regions.push_back({here, .5f, 0, .1f});
  BOOST_TEST(merge({named()}, {}).objects.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
