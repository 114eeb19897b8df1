#include "runtime/learning/late_names.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

constexpr box here{.1f, .1f, .2f, .2f}, there{.5f, .5f, .6f, .6f};

taught_crop crop(const box& where, const std::string& id = "a") {
  taught_crop result;
  result.id = id;
  result.place.place.where = where;
  return result;
}

found_object object(const box& where, named_by by, uint64_t track,
                    const std::string& label = "car") {
  return {where, label, .9f, by, track};
}

frame_result result(uint64_t frame, std::vector<found_object> objects,
                    const std::string& stream = "door") {
  frame_result x;
  x.stream = stream;
  x.frame = frame;
  x.objects = std::move(objects);
  return x;
}

} // namespace

BOOST_AUTO_TEST_SUITE(late_names_tests)

BOOST_AUTO_TEST_CASE(the_cloud_names_later_what_the_fog_named_first) {
  late_names uut;
  uut.saw("door", 15, {crop(there, "b"), crop(here)});
  auto first = uut.take(result(15, {object(here, named_by::fog, 7, "van")}));
  BOOST_TEST(first.empty());
  BOOST_TEST(uut.take(result(30, {object(here, named_by::cloud, 8)})).empty());
  BOOST_TEST(
    uut.take(result(30, {object(here, named_by::cloud, 7)}, "yard")).empty());
  auto found = uut.take(result(45, {object(there, named_by::cloud, 7, "car")}));
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].id == "a");
  BOOST_TEST(found[0].label == "car");
  BOOST_TEST(
    uut.take(result(60, {object(there, named_by::cloud, 7)})).empty()); // once
}

BOOST_AUTO_TEST_CASE(what_comes_again_or_has_no_track_says_nothing) {
  late_names uut;
  uut.saw("door", 30, {crop(here)});
  uut.take(result(30, {object(here, named_by::fog, 7)}));
  // A revision, an earlier keyframe, and a stand-in for the cloud.
  BOOST_TEST(uut.take(result(30, {object(here, named_by::cloud, 7)})).empty());
  BOOST_TEST(uut.take(result(15, {object(here, named_by::cloud, 7)})).empty());
  BOOST_TEST(uut.take(result(45, {object(here, named_by::backup, 7)})).empty());
  uut.saw("door", 60, {crop(here)});
  uut.take(result(60, {object(here, named_by::fog, 0)}));
  BOOST_TEST(uut.take(result(75, {object(here, named_by::cloud, 0)})).empty());
}

BOOST_AUTO_TEST_CASE(it_is_bounded) {
  late_names uut{{2, 2}};
  for (uint64_t n = 1; n <= 3; ++n)
    uut.saw("door", n, {crop(here)});
  uut.take(result(1, {object(here, named_by::fog, 1)})); // gone
  BOOST_TEST(uut.take(result(9, {object(here, named_by::cloud, 1)})).empty());
  for (uint64_t n = 11; n <= 13; ++n) {
    uut.saw("door", n, {crop(here)});
    uut.take(result(n, {object(here, named_by::fog, n)}));
  }
  BOOST_TEST(uut.take(result(20, {object(here, named_by::cloud, 11)})).empty());
  BOOST_TEST(uut.take(result(20, {object(here, named_by::cloud, 12)})).size()
             == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
