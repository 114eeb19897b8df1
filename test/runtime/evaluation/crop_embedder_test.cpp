#include "runtime/evaluation/crop_embedder.hpp"

#include "runtime/evaluation/frame_detector.hpp"
#include "runtime/nn/zoo.hpp"
#include "support/expect.hpp"
#include "support/grey.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numeric>

using namespace vpaas;

namespace {

/// The left half bright, the right half dark, both grey.
frame two_halves(int width, int height) {
  auto w = size_t(width), h = size_t(height);
  std::vector<uint8_t> y(w * h, 200), c((w / 2) * (h / 2), 128);
  for (size_t i = 0; i < y.size(); ++i)
    if (i % w >= w / 2)
      y[i] = 60;
  frame_info info;
  info.color.full_range = true;
  return test::value_of(
    frame::copy({plane{y.data(), width, width, height},
                 plane{c.data(), width / 2, width / 2, height / 2},
                 plane{c.data(), width / 2, width / 2, height / 2}},
                info));
}

/// Cosine of the angle between rows `i` and `k` of a matrix with rows of `d`.
float cosine(const std::vector<float>& x, size_t d, size_t i, size_t k) {
  auto dot = [&](size_t a, size_t b) {
    return std::inner_product(x.data() + a * d, x.data() + (a + 1) * d,
                              x.data() + b * d, 0.f);
  };
  return dot(i, k) / std::sqrt(dot(i, i) * dot(k, k));
}

} // namespace

BOOST_AUTO_TEST_SUITE(crop_embedder_tests)

BOOST_AUTO_TEST_CASE(crops_are_embedded_in_their_order_in_any_batch) {
  auto model = default_zoo().locate("mobilenet_v2");
  if (!model) {
    BOOST_TEST_MESSAGE("skipped: " << test::why(model));
    return;
  }
  auto small = test::value_of(crop_embedder::load(*model, {}, 2));
  auto large = test::value_of(crop_embedder::load(*model, {}, 8));
  box left{0, 0, .5f, 1}, right{.5f, 0, 1, 1}, whole{0, 0, 1, 1};
  std::vector<frame_crops> crops{{two_halves(64, 32), {left, whole}},
                                 {two_halves(64, 32), {}},
                                 {two_halves(128, 64), {whole, right, left}}};
  auto x = test::value_of(small.embed(crops));
  auto d = small.dimensions();
  BOOST_TEST(d == 1280u);
  BOOST_REQUIRE(x.size() == 5 * d);
  BOOST_TEST(cosine(x, d, 0, 4) > .999f); // bright
  BOOST_TEST(cosine(x, d, 1, 2) > .95f);  // both halves, in two sizes
  BOOST_TEST(cosine(x, d, 0, 1) < .9f);
  BOOST_TEST(cosine(x, d, 3, 1) < .9f);
  auto y = test::value_of(large.embed(crops));
  BOOST_REQUIRE(y.size() == x.size());
  for (size_t i = 0; i < x.size(); i += 97)
    BOOST_TEST(std::abs(x[i] - y[i]) < 1e-3f);
  BOOST_TEST(test::value_of(small.embed({})).empty());
}

BOOST_AUTO_TEST_CASE(a_dark_picture_can_be_brightened) {
  auto uut = test::value_of(crop_embedder::load(
    test::value_of(default_zoo().locate("street-backbone")), {}));
  box whole{0, 0, 1, 1};
  auto x = test::value_of(
    uut.embed({{test::grey(64, 32, 16 + 100), {whole}},
               {test::grey(64, 32, 16 + 50), {whole, whole}, 2},
               {test::grey(64, 32, 16 + 50), {whole}},
               {test::grey(64, 32, 235), {whole}},
               {test::grey(64, 32, 16 + 150), {whole}, 2}}));
  auto d = uut.dimensions();
  auto far = [&](size_t i, size_t k) {
    float result = 0;
    for (size_t n = 0; n < d; ++n)
      result = std::max(result, std::abs(x[i * d + n] - x[k * d + n]));
    return result;
  };
  BOOST_REQUIRE(far(0, 3) > 0);
  BOOST_TEST(far(0, 1) < .05f * far(0, 3));
  BOOST_TEST(far(0, 2) < .05f * far(0, 3));
  BOOST_TEST(far(4, 5) < .05f * far(0, 3)); // white is the most
}

BOOST_AUTO_TEST_CASE(a_model_of_another_task_is_refused) {
  auto model = default_zoo().locate("mobilenet_v2");
  if (!model) {
    BOOST_TEST_MESSAGE("skipped: " << test::why(model));
    return;
  }
  BOOST_TEST((frame_detector::load(*model, {}).error() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
