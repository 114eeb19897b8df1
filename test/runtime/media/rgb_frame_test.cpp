#include "runtime/media/rgb_frame.hpp"

#include "runtime/error.hpp"
#include "support/expect.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace vpaas;
using namespace vpaas::test;

namespace {

frame picture(std::vector<float> rgb, int width, int height,
              color_space color = {}) {
  frame_info info;
  info.number = 7;
  info.color = color;
  auto x = from_rgb(rgb.data(), width, height, info);
  BOOST_TEST_REQUIRE(why(x) == "");
  return *x;
}

std::vector<float> filled(float r, float g, float b, int n) {
  std::vector<float> result;
  for (int i = 0; i < n; ++i)
    result.insert(result.end(), {r, g, b});
  return result;
}

int sample(const frame& x, int component, int i = 0) {
  return x.component(component).data[i];
}

} // namespace

BOOST_AUTO_TEST_SUITE(rgb_frame_tests)

// By hand from ITU-R BT.709, narrow range: red is Y 63, Cb 102, Cr 240.
BOOST_AUTO_TEST_CASE(colours_are_those_of_the_standard) {
  auto red = picture(filled(1, 0, 0, 4), 2, 2);
  BOOST_TEST(sample(red, 0) == 63);
  BOOST_TEST(sample(red, 1) == 102);
  BOOST_TEST(sample(red, 2) == 240);
  BOOST_TEST(red.number() == 7u);
  // BT.601, full range: blue is Y 29, Cb 255 (255.5), Cr 107.
  auto blue = picture(filled(0, 0, 1, 4), 2, 2, {color_matrix::bt601, true});
  BOOST_TEST(sample(blue, 0) == 29);
  BOOST_TEST(sample(blue, 1) == 255);
  BOOST_TEST(sample(blue, 2) == 107);
}

BOOST_AUTO_TEST_CASE(black_and_white_are_the_ends_of_the_range) {
  BOOST_TEST(sample(picture(filled(0, 0, 0, 1), 1, 1), 0) == 16);
  BOOST_TEST(sample(picture(filled(1, 1, 1, 1), 1, 1), 0) == 235);
  BOOST_TEST(sample(picture(filled(2, 2, 2, 1), 1, 1), 0) == 255);
  BOOST_TEST(sample(picture(filled(1, 1, 1, 1), 1, 1), 1) == 128);
}

BOOST_AUTO_TEST_CASE(chroma_is_the_mean_of_four_pixels) {
  auto x = filled(0, 0, 0, 4);
  x[2] = x[5] = 1; // the upper two are blue
  auto all = picture(filled(0, 0, 1, 4), 2, 2), half = picture(x, 2, 2);
  BOOST_TEST(sample(half, 1) - 128 == (sample(all, 1) - 128) / 2);
}

BOOST_AUTO_TEST_CASE(sides_may_be_odd) {
  auto x = picture(filled(1, 1, 1, 15), 5, 3);
  BOOST_TEST(x.width() == 5);
  BOOST_TEST(x.height() == 3);
  BOOST_TEST(x.component(1).width == 3);
  BOOST_TEST(sample(x, 0, 4) == 235);
}

BOOST_AUTO_TEST_CASE(no_picture_is_refused) {
  BOOST_TEST((from_rgb(nullptr, 2, 2, {}).error() == ec::bad_input));
  float x[3] = {};
  BOOST_TEST((from_rgb(x, 0, 1, {}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_SUITE_END()
