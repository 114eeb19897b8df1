#include "runtime/truth/truth_reader.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

truth_reading hundred() {
  truth_reading result;
  result.width = result.height = 100;
  return result;
}

marked_object car() {
  marked_object result;
  result.label = "car";
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(truth_reader_tests)

// A box of 4 x 2 around its middle by 90 degrees is 2 x 4; around its corner
// clockwise, with y down, it lies to the left.
BOOST_AUTO_TEST_CASE(turned_boxes_have_an_upright_one_around_them) {
  auto middle = turned({0, 0, 4, 2}, 90, .5);
  BOOST_TEST(middle.x0 == 1, tt::tolerance(1e-9));
  BOOST_TEST(middle.y0 == -1, tt::tolerance(1e-9));
  BOOST_TEST(middle.x1 == 3, tt::tolerance(1e-9));
  BOOST_TEST(middle.y1 == 3, tt::tolerance(1e-9));
  auto corner = turned({0, 0, 4, 2}, 90, 0);
  BOOST_TEST(corner.x0 == -2, tt::tolerance(1e-9));
  BOOST_TEST(corner.y1 == 4, tt::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_track_fills_frames_that_were_looked_at) {
  truth_reader out{hundred()};
  out.look_at(0, 4, 10, "");
  add_track(out, car(), {{30, {30, 0, 40, 10}}, {0, {0, 0, 10, 10}}}, 31, false,
            "");
  auto x = out.finish().video;
  BOOST_TEST(x.frames.size() == 4u);
  BOOST_TEST(x.frames[10][0].where.x0 == .1f, tt::tolerance(1e-6f));
  BOOST_TEST(x.frames[20][0].where.x0 == .2f, tt::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(a_far_end_costs_nothing) {
  truth_reader out{hundred()};
  add_track(out, car(), {{0, {0, 0, 10, 10}}, {19'000'000, {0, 0, 10, 10}}},
            ~uint64_t{0}, false, "");
  BOOST_TEST(out.finish().video.frames.size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_last_number_of_a_name_is_the_frame) {
  truth_reading how;
  BOOST_TEST(frame_in_name("v2/cam1_000015.v3.png", how, "") == 3u);
  BOOST_TEST(frame_in_name("MOT17-02\\img1\\000001.jpg", how, "") == 1u);
  BOOST_TEST(frame_in_name("http://h/d/frame_000030", how, "") == 30u);
  how.first = 1;
  BOOST_TEST(frame_in_name("000001.jpg", how, "") == 0u);
  BOOST_CHECK_THROW(frame_in_name("000000.jpg", how, ""), malformed);
  BOOST_CHECK_THROW(frame_in_name("cam1/x.jpg", how, ""), malformed);
  BOOST_TEST(frame_name(7, ".png") == "frame_000007.png");
}

BOOST_AUTO_TEST_CASE(what_lies_beside_the_picture_is_counted) {
  truth_reader out{hundred()};
  out.add(0, car(), {-20, 0, -10, 10}, "");
  out.add(0, car(), {90, 90, 120, 130}, "");
  auto x = out.finish();
  BOOST_REQUIRE(x.video.frames[0].size() == 1u);
  BOOST_TEST(x.video.frames[0][0].where.x1 == 1);
  BOOST_TEST(x.left_out.size() == 1u);
}

BOOST_AUTO_TEST_CASE(numbers_are_whole_texts) {
  BOOST_TEST(finite_number("-1.5e2", "") == -150);
  BOOST_TEST(whole_number("0", "") == 0u);
  for (auto x : {"", " 1", "1x", "-1", "1.0", "99999999999999999999"})
    BOOST_CHECK_THROW(whole_number(x, ""), malformed);
  for (auto x : {"", "1 ", "nan", "inf", "1e999", "0x1"})
    BOOST_CHECK_THROW(finite_number(x, ""), malformed);
  BOOST_TEST(number_text(.1) == "0.1");
}

BOOST_AUTO_TEST_CASE(lines_end_as_they_like) {
  BOOST_TEST(lines_of("\xEF\xBB\xBF"
                      "a\r\nb\n\n")
               == (std::vector<std::string>{"a", "b"}),
             tt::per_element());
  BOOST_TEST(trimmed(" 'a b' ") == "a b");
  BOOST_TEST(trimmed("\"") == "\"");
}

BOOST_AUTO_TEST_SUITE_END()
