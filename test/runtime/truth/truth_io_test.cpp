#include "runtime/truth/truth_io.hpp"

#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

marked_video one_box() {
  marked_video x;
  x.width = 64;
  x.height = 48;
  x.labels = {"van"};
  x.frames[0] = {{{0, 0, .5f, .5f}, "van", 1, 1, false}};
  return x;
}

} // namespace

BOOST_AUTO_TEST_SUITE(truth_io_tests)

BOOST_AUTO_TEST_CASE(files_and_folders_are_read_as_they_were_written) {
  test::temp_dir dir;
  for (auto& format : truth_formats()) {
    if (format.write == nullptr)
      continue;
    auto path = dir.path(format.name);
    BOOST_TEST(!write_truth(one_box(), path, format.name));
    auto x = test::value_of(read_truth(path)); // whatever it is called
    BOOST_TEST(x.video.frames.at(0).at(0).label == "van", format.name);
  }
}

BOOST_AUTO_TEST_CASE(gt_txt_is_read_with_what_lies_beside_it) {
  test::temp_dir dir;
  BOOST_TEST(!write_truth(one_box(), dir.path("mot"), "mot"));
  auto x = test::value_of(read_truth(dir.path("mot/gt/gt.txt")));
  BOOST_TEST(x.video.width == 64u);
  BOOST_TEST(x.video.frames.at(0).at(0).label == "van"); // of labels.txt
}

BOOST_AUTO_TEST_CASE(errors_name_the_path) {
  test::temp_dir dir;
  BOOST_TEST((read_truth(dir.path("none")).error() == ec::io));
  auto path = dir.write("a.xml", "<annotations>");
  auto x = read_truth(path);
  BOOST_TEST((x.error() == ec::bad_input));
  BOOST_TEST(cause_of(x.error()).find("failed to read truth from " + path)
             == 0u);
  BOOST_TEST((read_truth(dir.write("b", "?")).error() == ec::bad_input));
  BOOST_TEST((write_truth(one_box(), dir.path("no/folder")) == ec::io));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_there_is_not_mixed_with_another) {
  test::temp_dir dir;
  BOOST_TEST(!write_truth(one_box(), dir.path("yolo"), "yolo"));
  BOOST_TEST((write_truth(one_box(), dir.path("yolo"), "yolo") == ec::io));
}

BOOST_AUTO_TEST_SUITE_END()
