#include "runtime/metrics/comparison.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

found_object object(float x0, const std::string& label) {
  return {{x0, .2f, x0 + .1f, .4f}, label, .9f, named_by::cloud, 0};
}

frame_result result(uint64_t frame, std::vector<found_object> objects) {
  frame_result x;
  x.frame = frame;
  x.objects = std::move(objects);
  return x;
}

event moment(uint64_t frame, const std::string& kind,
             const std::string& label = "car", const std::string& value = "") {
  event x;
  x.frame = frame;
  x.kind = kind;
  x.label = label;
  x.value = value;
  return x;
}

std::vector<uint64_t> frames_of(const std::vector<event>& xs) {
  std::vector<uint64_t> result;
  for (auto& x : xs)
    result.push_back(x.frame);
  return result;
}

using numbers = std::vector<uint64_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(comparison_tests)

BOOST_AUTO_TEST_CASE(objects_stay_go_come_and_change_their_names) {
  auto x = compare_objects(
    {result(15, {object(.1f, "car"), object(.4f, "car"), object(.7f, "van")}),
     result(30, {object(.1f, "car")}), result(45, {})},
    {result(30, {object(.1f, "car")}),
     result(15, {object(.41f, "van"), object(.1f, "car"), object(.85f, "van")}),
     result(60, {})});
  BOOST_TEST(x.keyframes == 2u);
  BOOST_TEST(x.only_before == 1u);
  BOOST_TEST(x.only_after == 1u);
  BOOST_TEST(x.same == 2u);
  BOOST_TEST(x.renamed == 1u);
  BOOST_TEST(x.gone == 1u);
  BOOST_TEST(x.fresh == 1u);
  BOOST_TEST(x.labels["car"].before == 3u);
  BOOST_TEST(x.labels["car"].after == 2u);
  BOOST_TEST(x.labels["van"].before == 1u);
  BOOST_TEST(x.labels["van"].after == 2u);
}

BOOST_AUTO_TEST_CASE(an_object_answers_one_other) {
  auto x
    = compare_objects({result(0, {object(.1f, "car")})},
                      {result(0, {object(.1f, "car"), object(.11f, "car")})});
  BOOST_TEST(x.same == 1u);
  BOOST_TEST(x.fresh == 1u);
  BOOST_TEST(x.gone == 0u);
}

BOOST_AUTO_TEST_CASE(events_answer_those_of_their_kind_nearby) {
  auto x = compare_events({moment(100, "passed"), moment(300, "passed"),
                           moment(50, "entered"), moment(500, "passed", "van")},
                          {moment(312, "passed"), moment(115, "passed"),
                           moment(90, "entered"), moment(500, "passed", "car")},
                          15);
  BOOST_TEST(x.both == 2u);
  BOOST_TEST(frames_of(x.gone) == (numbers{50, 500}),
             boost::test_tools::per_element());
  BOOST_TEST(frames_of(x.fresh) == (numbers{90, 500}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(other_words_are_other_events) {
  auto x = compare_events({moment(10, "passed", "car", "left")},
                          {moment(10, "passed", "car", "right")}, 15);
  BOOST_TEST(x.both == 0u);
  BOOST_TEST(x.gone.size() == 1u);
  BOOST_TEST(x.fresh.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_comes_twice_has_one_too_many) {
  auto x = compare_events({moment(10, "passed")},
                          {moment(10, "passed"), moment(12, "passed")}, 15);
  BOOST_TEST(x.both == 1u);
  BOOST_TEST(frames_of(x.fresh) == (numbers{12}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_answers_nothing) {
  auto x = compare_events({}, {}, 15);
  BOOST_TEST(x.both == 0u);
  BOOST_TEST(x.gone.empty());
  auto y = compare_objects({}, {});
  BOOST_TEST(y.keyframes == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
