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

} // namespace

BOOST_AUTO_TEST_SUITE(teacher_tests)

BOOST_AUTO_TEST_CASE(truth_is_read_line_by_line) {
  test::temp_dir dir;
  auto good = R"({"frame":15,"objects":[{"where":{"x0":0.25,"y0":0.25,)"
              R"("x1":0.5,"y1":0.75},"label":3,"identity":7}]})";
  auto path = dir.write("a.jsonl", good + std::string{"\n"}
                                     + R"({"frame":30,"objects":[]})" + "\n");
  auto table = test::value_of(read_truth(path));
  BOOST_TEST(table.size() == 2u);
  BOOST_REQUIRE(table[15].size() == 1u);
  BOOST_TEST((table[15][0] == truth_object{where, 3, 7}));
  auto bad = read_truth(dir.write("b.jsonl", good + std::string{"\n{}}\n"}));
  BOOST_REQUIRE(!bad);
  BOOST_TEST((bad.error() == ec::bad_input));
  BOOST_TEST(cause_of(bad.error()).find("line 2") != std::string::npos);
  BOOST_TEST((read_truth(dir.path("none")).error() == ec::io));
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

BOOST_AUTO_TEST_CASE(a_side_file_speaks_of_frames_by_number) {
  test::temp_dir dir;
  auto path = dir.write("a.jsonl", R"({"frame":0,"objects":[{"label":1}]})");
  auto judge = test::value_of(truth_teacher("x.mp4", path, {"a", "b"}));
  BOOST_TEST(judge.labels.size() == 2u);
  BOOST_TEST(test::value_of(judge.ask(frame{})).size() == 1u);
}

BOOST_AUTO_TEST_CASE(nobody_knows_the_truth_about_a_camera) {
  BOOST_TEST(
    (truth_teacher("rtsp://camera", "", {}).error() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
