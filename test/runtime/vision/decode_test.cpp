#include "runtime/vision/decode.hpp"

#include "runtime/vision/box_coding.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

void check_box(const box& got, const box& want) {
  BOOST_TEST(got.x0 == want.x0, tt::tolerance(1e-5f));
  BOOST_TEST(got.y0 == want.y0, tt::tolerance(1e-5f));
  BOOST_TEST(got.x1 == want.x1, tt::tolerance(1e-5f));
  BOOST_TEST(got.y1 == want.y1, tt::tolerance(1e-5f));
}

float logit(float p) {
  return std::log(p / (1 - p));
}

} // namespace

BOOST_AUTO_TEST_SUITE(decode_tests)

BOOST_AUTO_TEST_CASE(a_letterbox_is_undone_and_boxes_end_at_the_frame) {
  placement p{10, 20, 100, 50};
  check_box(to_frame({10, 20, 60, 45}, p), {0, 0, .5f, .5f});
  check_box(to_frame({0, 0, 200, 200}, p), {0, 0, 1, 1});
}

BOOST_AUTO_TEST_CASE(nanodet_sides_are_expected_distances_times_the_stride) {
  nanodet_layout how{64, 64, 2, 8};
  BOOST_REQUIRE(how.rows() == 64u + 16 + 4 + 1);
  std::vector<float> xs(how.rows() * 34, 0.f);
  // The cell x = 1, y = 2 of stride 16: centre (16, 32). Left sure at 1, the
  // others even: an expectation of 3.5, times 16.
  auto row = xs.data() + (64 + 2 * 4 + 1) * 34;
  row[1] = .8f;
  row[2 + 1] = 100;
  auto out = decode_nanodet({xs.data(), how.rows(), 34}, how, {0, 0, 64, 64},
                            {.5f});
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].label == 1);
  BOOST_TEST(out[0].score == .8f);
  BOOST_TEST(out[0].location == .8f);
  check_box(out[0].where, {0, 0, 1, 1}); // 16 - 16, 32 - 56, 72, 88, cut
}

BOOST_AUTO_TEST_CASE(yolo_cells_follow_the_darknet_formula) {
  yolo_head head{2, 2, 64, 64, {{8, 8}, {16, 32}}, 2, 1};
  std::vector<float> xs(4 * 2 * 7, -20.f);
  auto row = xs.data() + (3 * 2 + 1) * 7; // cell (1, 1), second anchor
  row[0] = row[1] = 0;                    // the middle of the cell: 48, 48
  row[2] = std::log(.5f);                 // 8 wide
  row[3] = 0;                             // 32 high
  row[4] = logit(.8f);
  row[6] = logit(.5f);
  auto out = decode_yolo({{xs.data(), 4, 14}}, {head}, {0, 0, 64, 64}, {.2f});
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].label == 1);
  BOOST_TEST(out[0].score == .4f, tt::tolerance(1e-5f));
  BOOST_TEST(out[0].location == .8f, tt::tolerance(1e-5f));
  check_box(out[0].where, {44 / 64.f, .5f, 52 / 64.f, 1});
}

BOOST_AUTO_TEST_CASE(a_place_without_a_name_leaves_under_the_location_limit) {
  yolo_head head{1, 1, 32, 32, {{8, 8}}, 2, 1};
  std::vector<float> xs{0, 0, 0, 0, logit(.9f), logit(.1f), logit(.2f)};
  rows_view view{xs.data(), 1, 7};
  decode_limits limits;
  limits.score = .5f;
  BOOST_TEST(decode_yolo({view}, {head}, {0, 0, 32, 32}, limits).empty());
  limits.location = .85f;
  auto out = decode_yolo({view}, {head}, {0, 0, 32, 32}, limits);
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].label == 1);
  BOOST_TEST(out[0].location == .9f, tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(new_coordinates_are_squared_not_raised) {
  yolo_head head{2, 2, 64, 64, {{8, 16}}, 1, 2, true};
  std::vector<float> xs(4 * 6, 0);
  // Cell 3 (x 1, y 1): centre 1 + 2 * .5 - .5 = 1.5 cells of 32 pixels,
  // sides 4 * .5^2 * 8 and 4 * .25^2 * 16.
  auto row = xs.data() + 3 * 6;
  row[0] = row[1] = row[2] = .5f;
  row[3] = .25f;
  row[4] = .8f;
  row[5] = .5f;
  auto out = decode_yolo({{xs.data(), 4, 6}}, {head}, {0, 0, 64, 64}, {.2f});
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].score == .4f);
  BOOST_TEST(out[0].location == .8f);
  auto& b = out[0].where;
  BOOST_TEST(b.x0 == 44 / 64.f);
  BOOST_TEST(b.x1 == 52 / 64.f);
  BOOST_TEST(b.y0 == 46 / 64.f);
  BOOST_TEST(b.y1 == 50 / 64.f);
}

BOOST_AUTO_TEST_CASE(yolox_offsets_are_in_cells_and_sizes_in_logarithms) {
  // 32 x 32 pixels: 16 cells of stride 8, 4 of 16, 1 of 32.
  std::vector<float> xs(21 * 7, 0.f);
  auto row = xs.data() + 5 * 7; // stride 8, cell (1, 1)
  row[0] = .5f, row[1] = .25f;  // centre 12, 10
  row[2] = std::log(.5f);       // 4 wide
  row[3] = 0;                   // 8 high
  row[4] = .5f, row[5] = .8f;
  auto out = decode_yolox({xs.data(), 21, 7}, 32, 32, {0, 0, 32, 32}, {.3f});
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].score == .4f, tt::tolerance(1e-5f));
  check_box(out[0].where, {10 / 32.f, 6 / 32.f, 14 / 32.f, 14 / 32.f});
}

BOOST_AUTO_TEST_CASE(ssd_moves_its_priors_and_skips_background) {
  prior_level level{16, {8, 4}, {8, 16}};
  std::vector<float> locations(4 * 2 * 4, 0.f), scores(4 * 2 * 3, 0.f);
  auto i = size_t(3 * 2 + 1); // cell (1, 1), second prior: 24, 24, 4 x 16
  locations[i * 4] = 5;       // .1 * 5 * 4 = 2 to the right
  locations[i * 4 + 3] = std::log(.5f) * 5; // half as high
  scores[i * 3 + 2] = .9f;
  auto out = decode_ssd({locations.data(), 8, 4}, {scores.data(), 8, 3},
                        {level}, 32, 32, {0, 0, 32, 32}, {.5f});
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].label == 1); // column 2 less background
  check_box(out[0].where, {24 / 32.f, 20 / 32.f, 28 / 32.f, 28 / 32.f});
}

BOOST_AUTO_TEST_CASE(rcnn_keeps_places_that_have_no_class) {
  std::vector<float> proposals{2, 2, 10, 10, 20, 20, 28, 28};
  std::vector<float> deltas(2 * 3 * 4, 0.f);
  // One named, of class 2; one whose background wins by far.
  std::vector<float> logits{0, 0, 9, 9, 1, 0};
  std::vector<float> objectness{.6f, .9f};
  rcnn_output xs{{proposals.data(), 2, 4},
                 {deltas.data(), 2, 12},
                 {logits.data(), 2, 3},
                 objectness.data()};
  decode_limits limits;
  auto out = decode_rcnn(xs, {0, 0, 40, 40}, limits);
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].label == 2);
  BOOST_TEST(out[0].location == .6f);
  check_box(out[0].where, {.05f, .05f, .25f, .25f});
  limits.location = .8f;
  out = decode_rcnn(xs, {0, 0, 40, 40}, limits);
  BOOST_REQUIRE(out.size() == 2u);
  BOOST_TEST(out[1].label == 1);
  BOOST_TEST(out[1].location == .9f);
}

BOOST_AUTO_TEST_CASE(growth_is_clipped_and_weights_divide) {
  float d[]{1, 0, 100, 0};
  auto b = apply_deltas({0, 0, 2, 2}, d, {10, 10, 5, 5});
  BOOST_TEST(b.x1 - b.x0 == 2 * 62.5f, tt::tolerance(1e-4f));
  BOOST_TEST((b.x0 + b.x1) / 2 == 1.2f, tt::tolerance(1e-4f));
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_give_no_box) {
  auto nan = std::numeric_limits<float>::quiet_NaN();
  nanodet_layout how{64, 64, 80, 8};
  std::vector<float> xs(how.rows() * 112, nan);
  BOOST_TEST(
    decode_nanodet({xs.data(), how.rows(), 112}, how, {0, 0, 64, 64}, {})
      .empty());
}

BOOST_AUTO_TEST_SUITE_END()
