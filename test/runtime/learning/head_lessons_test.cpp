#include "runtime/learning/head_lessons.hpp"

#include "runtime/vision/iou.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

constexpr box here{.1f, .1f, .2f, .2f};
constexpr box near{.11f, .1f, .21f, .2f}; // IoU 9/11 with it
constexpr box there{.5f, .5f, .6f, .6f};
constexpr box nowhere{.8f, .8f, .9f, .9f};

hinted_region at(const box& where, float location) {
  return {{where, location, 0, .3f}, "car"};
}

using names = std::vector<int32_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(head_lessons_tests)

BOOST_AUTO_TEST_CASE(a_region_is_the_object_that_nobody_named) {
  taught_frame x;
  x.objects = {{here, 1, 0}, {there, 2, 0}};
  x.regions = {at(near, .9f), at(there, .8f), at(nowhere, .7f)};
  BOOST_TEST(perfect_names(x) == (names{1, 2, -1}), tt::per_element());
  // The cloud named the first object already, so the region repeats it.
  x.labels = {{here, 1, .9f, 0}};
  BOOST_TEST(perfect_names(x) == (names{-1, 2, -1}), tt::per_element());
  // With another name it did not.
  x.labels[0].label = 0;
  BOOST_TEST(perfect_names(x) == (names{1, 2, -1}), tt::per_element());
}

BOOST_AUTO_TEST_CASE(of_two_regions_on_an_object_the_better_located_has_it) {
  taught_frame x;
  x.objects = {{here, 1, 0}};
  x.regions = {at(near, .5f), at(here, .6f)};
  BOOST_TEST(perfect_names(x) == (names{-1, 1}), tt::per_element());
}

BOOST_AUTO_TEST_CASE(a_frame_becomes_a_lesson_a_region) {
  head_lessons uut;
  taught_frame x;
  x.labels = {{there, 2, .9f, 0}};
  x.objects = {{here, 1, 0}, {there, 2, 0}};
  x.regions = {at(near, .9f), at(nowhere, .7f)};
  x.region_features = {1, 2};
  teach(uut, 0, {});
  teach(uut, 3, x);
  BOOST_REQUIRE(uut.frames.size() == 2u);
  BOOST_TEST(uut.frames[1].source == 3u);
  BOOST_TEST(uut.frames[1].cloud.right == 1u);
  BOOST_TEST(uut.frames[1].cloud.missed == 1u);
  BOOST_REQUIRE(uut.lessons.size() == 2u);
  BOOST_TEST(uut.lessons[0].truth == 1);
  BOOST_TEST(uut.lessons[1].truth == -1);
  BOOST_TEST(uut.lessons[1].frame == 1u);
  BOOST_TEST(uut.lessons[1].region);
  teach_more(uut, {there}, {3}, {2});
  BOOST_TEST(!uut.lessons[2].region);
  BOOST_TEST(uut.lessons[2].truth == 2);
  BOOST_TEST(uut.lessons[2].frame == 1u);
  BOOST_TEST(uut.features == (std::vector<float>{1, 2, 3}), tt::per_element());
}

BOOST_AUTO_TEST_CASE(background_lies_beside_objects_inside_the_frame) {
  // Left of the first is outside of the frame, right of it is the second.
  std::vector<truth_object> objects{{here, 0, 0},
                                    {{.25f, .1f, .35f, .25f}, 0, 0}};
  auto places = background_of(objects);
  BOOST_REQUIRE(!places.empty());
  for (auto& x : places) {
    BOOST_TEST(x.x0 >= 0);
    BOOST_TEST(x.y1 <= 1);
    for (auto& y : objects)
      BOOST_TEST(iou(x, y.where) < .1f);
  }
  BOOST_TEST(places.size() == 1u); // right of the second
  BOOST_TEST(places[0].x0 == .4f, tt::tolerance(1e-4f));
}

BOOST_AUTO_TEST_CASE(nobody_says_what_an_ignored_object_shows) {
  taught_frame x;
  x.objects = {{here, 0, 0, true}, {there, 2, 0}};
  x.regions = {at(near, .9f), at(there, .8f)};
  x.region_features = {1, 2, 3, 4};
  head_lessons to;
  to.dimensions = 2;
  teach(to, 0, x);
  BOOST_REQUIRE(to.lessons.size() == 1u);
  BOOST_TEST(to.lessons[0].truth == 2);
  BOOST_TEST(to.features == (std::vector<float>{3, 4}), tt::per_element());
  BOOST_TEST(to.frames[0].cloud.missed == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
