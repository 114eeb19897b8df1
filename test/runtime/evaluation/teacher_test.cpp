#include "runtime/evaluation/teacher.hpp"

#include "runtime/error.hpp"
#include "runtime/evaluation/recording.hpp"
#include "runtime/media/synthetic.hpp"
#include "runtime/vision/street.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

constexpr box where{.25f, .25f, .5f, .75f};

frame frame_of(uint64_t number) {
  frame_info info;
  info.number = number;
  std::vector<uint8_t> grey(64);
  return test::value_of(
    frame::copy({plane{grey.data(), 4, 4, 4}, plane{grey.data(), 2, 2, 2},
                 plane{grey.data(), 2, 2, 2}},
                info));
}

} // namespace

BOOST_AUTO_TEST_SUITE(teacher_tests)

BOOST_AUTO_TEST_CASE(truth_may_stand_in_lines) {
  test::temp_dir dir;
  auto good = R"({"frame":15,"objects":[{"where":{"x0":0.25,"y0":0.25,)"
              R"("x1":0.5,"y1":0.75},"label":3,"identity":7}]})";
  std::vector<std::string> labels{"a", "b", "c", "d"};
  auto path = dir.write("a.jsonl", good + std::string{"\n"}
                                     + R"({"frame":30,"objects":[]})" + "\n");
  auto judge = test::value_of(truth_teacher("x.mp4", path, labels));
  auto objects = test::value_of(judge.ask(frame_of(15)));
  BOOST_REQUIRE(objects.size() == 1u);
  BOOST_TEST((objects[0] == truth_object{where, 3, 7}));
  BOOST_TEST(test::value_of(judge.ask(frame_of(45))).empty());
  BOOST_TEST(knows(judge, frame_of(45))); // nothing is there
  auto bad = truth_teacher(
    "x.mp4", dir.write("b.jsonl", good + std::string{"\n{}}\n"}), labels);
  BOOST_REQUIRE(!bad);
  BOOST_TEST((bad.error() == ec::bad_input));
  BOOST_TEST(cause_of(bad.error()).find("line 2") != std::string::npos);
  BOOST_TEST(
    (truth_teacher("x.mp4", dir.path("none"), labels).error() == ec::io));
}

BOOST_AUTO_TEST_CASE(truth_may_be_of_another_tool) {
  test::temp_dir dir;
  auto path = dir.write("a.json", R"({
    "categories": [{"id": 3, "name": "van"}, {"id": 1, "name": "crowd"}],
    "images": [{"id": 1, "file_name": "frame_000015.png", "width": 8, "height": 4}],
    "annotations": [
      {"image_id": 1, "category_id": 3, "bbox": [2, 1, 2, 2], "iscrowd": 0},
      {"image_id": 1, "category_id": 1, "bbox": [0, 0, 8, 4], "iscrowd": 1}]})");
  auto judge = test::value_of(truth_teacher("x.mp4", path, {}));
  BOOST_TEST(judge.labels == (std::vector<std::string>{"van", "crowd"}),
             boost::test_tools::per_element());
  auto objects = test::value_of(judge.ask(frame_of(15)));
  BOOST_REQUIRE(objects.size() == 2u);
  BOOST_TEST((objects[0] == truth_object{where, 0, 0}));
  BOOST_TEST(objects[1].ignored);
  BOOST_TEST(knows(judge, frame_of(15)));
  BOOST_TEST(!knows(judge, frame_of(0))); // nobody looked at it
}

BOOST_AUTO_TEST_CASE(a_synthetic_source_knows_the_truth) {
  std::string url = "synthetic://street?seed=3&size=320x180&seconds=1&fps=30";
  source_config from;
  from.url = url;
  auto clip = test::value_of(record(from));
  auto judge = test::value_of(truth_teacher(url, "", {"ignored"}));
  BOOST_TEST(judge.name == "truth");
  BOOST_TEST(judge.labels == street::labels(),
             boost::test_tools::per_element());
  street scene{test::value_of(parse_street(url))};
  auto frames = 0;
  auto err = show_keyframes(clip, {}, [&](const frame& x) {
    ++frames;
    auto objects = test::value_of(judge.ask(x));
    BOOST_TEST((objects == scene.truth(x.number()).objects));
    return caf::error{};
  });
  BOOST_TEST(!err);
  BOOST_TEST(frames == 2);
}

BOOST_AUTO_TEST_CASE(nobody_knows_the_truth_about_a_camera) {
  BOOST_TEST(
    (truth_teacher("rtsp://camera", "", {}).error() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
