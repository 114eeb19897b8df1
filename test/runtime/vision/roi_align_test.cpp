#include "runtime/vision/proposals.hpp"
#include "runtime/vision/roi_align.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <vector>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

/// A plane that rises by 1 a column and 10 a row: bilinear sampling is exact on
/// it, so the value of a bin is that of its middle.
std::vector<float> plane(int height, int width, int channels) {
  std::vector<float> xs;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c)
        xs.push_back(float(x + 10 * y) + 100.f * float(c));
  return xs;
}

} // namespace

BOOST_AUTO_TEST_SUITE(roi_align_tests)

BOOST_AUTO_TEST_CASE(a_bin_is_the_value_at_its_middle_on_a_plane) {
  auto xs = plane(8, 8, 19);
  std::vector<float> out(2 * 2 * 19);
  roi_align(feature_map<float>{xs.data(), 8, 8, 19}, {1, 2, 5, 4}, 2,
            out.data());
  // Bins are 2 wide and 1 high; their middles: x 2 and 4, y 2.5 and 3.5.
  for (int c = 0; c < 19; ++c) {
    BOOST_TEST(out[size_t(c)] == 27 + 100 * c, tt::tolerance(1e-5f));
    BOOST_TEST(out[size_t(3 * 19 + c)] == 39 + 100 * c, tt::tolerance(1e-5f));
  }
}

BOOST_AUTO_TEST_CASE(bfloat16_features_give_the_same) {
  auto xs = plane(4, 4, 16);
  std::vector<bfloat16> halves;
  for (auto& x : xs) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    bits &= 0xffff0000u;
    std::memcpy(&x, &bits, sizeof bits); // what is left is a bfloat16
    halves.push_back({uint16_t(bits >> 16)});
  }
  std::vector<float> wide(7 * 7 * 16), narrow(7 * 7 * 16);
  box b{.3f, .7f, 3.2f, 2.9f};
  roi_align(feature_map<float>{xs.data(), 4, 4, 16}, b, 7, wide.data());
  roi_align(feature_map<bfloat16>{halves.data(), 4, 4, 16}, b, 7,
            narrow.data());
  for (size_t i = 0; i < wide.size(); ++i)
    BOOST_TEST(wide[i] == narrow[i], tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(a_map_of_one_cell_and_a_box_beyond_it_are_no_harm) {
  std::vector<float> xs{3}, out(49, -1.f);
  roi_align(feature_map<float>{xs.data(), 1, 1, 1}, {0, 0, 1, 1}, 7,
            out.data());
  BOOST_TEST(out[0] == 3);
  roi_align(feature_map<float>{xs.data(), 1, 1, 1}, {90, 90, 99, 99}, 7,
            out.data());
  BOOST_TEST(out[0] == 0); // beyond the map lies nothing
}

BOOST_AUTO_TEST_CASE(boxes_go_to_the_level_of_their_size) {
  BOOST_TEST(pyramid_level({0, 0, 10, 10}, 4) == 0);
  BOOST_TEST(pyramid_level({0, 0, 112, 112}, 4) == 1);
  BOOST_TEST(pyramid_level({0, 0, 224, 224}, 4) == 2);
  BOOST_TEST(pyramid_level({0, 0, 900, 900}, 4) == 3);
}

BOOST_AUTO_TEST_CASE(anchors_are_rounded_as_in_torchvision) {
  // torchvision's first level: size 32, ratios 0.5, 1, 2.
  auto xs = base_anchors(32, {.5f, 1, 2});
  BOOST_TEST(xs[0].x0 == -23);
  BOOST_TEST(xs[0].y1 == 11);
  BOOST_TEST(xs[1].x1 == 16);
  BOOST_TEST(xs[2].y0 == -23);
}

BOOST_AUTO_TEST_CASE(proposals_are_cut_suppressed_and_sorted) {
  // Two cells side by side, one anchor of 16 x 16 a cell, 4 pixels apart: the
  // second is better, and overlaps the first too much for both to stay.
  std::vector<float> logits{1, 2}, deltas(8, 0.f);
  rpn_level level{2, 1, 4, 4, 16, logits.data(), deltas.data()};
  rpn_config cfg;
  cfg.aspect_ratios = {1};
  cfg.nms = .5f;
  auto out = propose({level}, 32, 32, cfg);
  BOOST_REQUIRE(out.boxes.size() == 1u);
  BOOST_TEST(out.boxes[0].x0 == 0); // cut: the anchor starts at -4
  BOOST_TEST(out.boxes[0].x1 == 12);
  BOOST_TEST(out.objectness[0] == 1 / (1 + std::exp(-2.f)));
}

BOOST_AUTO_TEST_SUITE_END()
