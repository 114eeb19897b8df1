#include "runtime/media/network_input.hpp"
#include "runtime/media/pixel_kernels.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>
#include <opencv2/imgproc.hpp>

#include <cmath>
#include <cstring>
#include <random>

using namespace vpaas;

namespace {

struct picture {
  int width, height;
  cv::Mat y, u, v;
  frame shared;
};

plane view(const cv::Mat& x) {
  return {x.data, static_cast<ptrdiff_t>(x.step), x.cols, x.rows};
}

// A smooth picture with noise; `spread` of it around grey, 0 to 1.
picture make(int w, int h, color_space color = {}, double spread = 1) {
  std::mt19937 random{7};
  auto fill = [&](int cols, int rows, double phase) {
    cv::Mat x(rows, cols, CV_8U);
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < cols; ++j) {
        auto wave = 90 * std::sin(i * 0.05 + phase)
                    * std::cos(j * 0.03 - phase);
        auto noise = static_cast<double>(random() % 41) - 20;
        x.at<uint8_t>(i, j)
          = cv::saturate_cast<uint8_t>(128 + spread * (wave + noise));
      }
    return x;
  };
  auto cw = (w + 1) / 2;
  auto ch = (h + 1) / 2;
  picture result{w, h, fill(w, h, 0), fill(cw, ch, 1), fill(cw, ch, 2), {}};
  frame_info info;
  info.color = color;
  result.shared = test::value_of(
    frame::copy({view(result.y), view(result.u), view(result.v)}, info));
  return result;
}

// The same by OpenCV, in doubles: planes resized each on its own, then the
// matrix of ITU-R BT.601 or BT.709, then normalisation. [0, 255] first.
std::vector<cv::Mat> by_opencv(const picture& in, const cv::Rect& crop, int w,
                               int h, const input_spec& spec) {
  auto resized = [&](const cv::Mat& x, cv::Rect part) {
    cv::Mat wide;
    x(part).convertTo(wide, CV_64F);
    cv::resize(wide, wide, {w, h}, 0, 0, cv::INTER_LINEAR);
    return wide;
  };
  cv::Rect half(crop.x / 2, crop.y / 2, (crop.width + 1) / 2,
                (crop.height + 1) / 2);
  auto y = resized(in.y, crop);
  auto u = resized(in.u, half);
  auto v = resized(in.v, half);
  auto& color = in.shared.info().color;
  auto hd = color.matrix == color_matrix::bt709;
  auto kr = hd ? 0.2126 : 0.299;
  auto kb = hd ? 0.0722 : 0.114;
  if (color.full_range) {
    u -= 128;
    v -= 128;
  } else {
    y = (y - 16) * (255.0 / 219);
    u = (u - 128) * (255.0 / 224);
    v = (v - 128) * (255.0 / 224);
  }
  cv::Mat r = y + 2 * (1 - kr) * v;
  cv::Mat b = y + 2 * (1 - kb) * u;
  cv::Mat g = (y - kr * r - kb * b) / (1 - kr - kb);
  std::vector<cv::Mat> result{r, g, b};
  if (spec.channels == channel_order::bgr)
    std::swap(result[0], result[2]);
  for (size_t k = 0; k < 3; ++k) {
    auto& x = result[k];
    x = cv::min(cv::max(x, 0.0), 255.0);
    x = (x - static_cast<double>(spec.mean[k]))
        * static_cast<double>(spec.scale[k]);
  }
  return result;
}

float bf16(uint16_t x) {
  auto bits = static_cast<uint32_t>(x) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

// One sample of a result, whatever its type and layout.
double at(const std::vector<uint8_t>& out, const input_spec& spec, int k, int y,
          int x) {
  auto i = spec.layout == tensor_layout::nchw
             ? (static_cast<size_t>(k) * static_cast<size_t>(spec.height)
                + static_cast<size_t>(y))
                   * static_cast<size_t>(spec.width)
                 + static_cast<size_t>(x)
             : (static_cast<size_t>(y) * static_cast<size_t>(spec.width)
                + static_cast<size_t>(x))
                   * 3
                 + static_cast<size_t>(k);
  if (spec.type == sample_type::bf16)
    return static_cast<double>(
      bf16(reinterpret_cast<const uint16_t*>(out.data())[i]));
  return static_cast<double>(reinterpret_cast<const float*>(out.data())[i]);
}

// Largest difference to OpenCV, in levels of 0 to 255.
double distance(const std::vector<uint8_t>& out, const input_spec& spec,
                const placement& where, const std::vector<cv::Mat>& expected) {
  double result = 0;
  for (int k = 0; k < 3; ++k)
    for (int y = 0; y < static_cast<int>(where.height); ++y)
      for (int x = 0; x < static_cast<int>(where.width); ++x) {
        auto d = at(out, spec, k, y + static_cast<int>(where.y),
                    x + static_cast<int>(where.x))
                 - expected[static_cast<size_t>(k)].at<double>(y, x);
        result = std::max(
          result, std::abs(d) / static_cast<double>(spec.scale[size_t(k)]));
      }
  return result;
}

std::vector<instruction_set> available() {
  std::vector<instruction_set> result{instruction_set::scalar};
  for (auto x : {instruction_set::avx2, instruction_set::avx512})
    if (x <= best_instructions())
      result.push_back(x);
  return result;
}

input_spec imagenet(int w, int h) {
  input_spec spec;
  spec.width = w;
  spec.height = h;
  spec.mean = {123.675f, 116.28f, 103.53f};
  spec.scale = {1 / 58.395f, 1 / 57.12f, 1 / 57.375f};
  return spec;
}

// What the fixed-point steps may cost, in levels: 1/64 of the blend and 1/2^15
// of the weights, times the largest coefficients of the matrix.
constexpr double tolerance = 0.1;

double error_of(const picture& in, const input_spec& spec,
                instruction_set use) {
  std::vector<uint8_t> out(input_bytes(spec), 0xee);
  auto where = input_writer{spec, use}.write(in.shared, out.data());
  auto expected = by_opencv(in, {0, 0, in.width, in.height},
                            static_cast<int>(where.width),
                            static_cast<int>(where.height), spec);
  return distance(out, spec, where, expected);
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_input_tests)

BOOST_AUTO_TEST_CASE(every_shape_agrees_with_opencv_on_every_processor) {
  // Same size, larger, smaller, much smaller (gathers), not a multiple of 16.
  int sizes[][4] = {{320, 192, 320, 192},
                    {160, 96, 320, 192},
                    {640, 360, 224, 224},
                    {1920, 1080, 224, 224},
                    {320, 180, 333, 97}};
  for (auto use : available())
    for (auto& s : sizes) {
      auto in = make(s[0], s[1]);
      auto error = error_of(in, imagenet(s[2], s[3]), use);
      BOOST_TEST(error < tolerance, to_string(use)
                                      << " " << s[0] << "x" << s[1] << " to "
                                      << s[2] << "x" << s[3] << ": " << error);
    }
}

BOOST_AUTO_TEST_CASE(a_large_result_is_written_past_the_caches_unchanged) {
  auto in = make(640, 360);
  auto spec = imagenet(1280, 720);
  std::vector<uint8_t> usual(input_bytes(spec) + 128);
  std::vector<uint8_t> aligned(input_bytes(spec) + 128);
  auto at = [](std::vector<uint8_t>& x, size_t offset) {
    auto address = reinterpret_cast<uintptr_t>(x.data());
    return x.data() + (64 - address % 64) + offset;
  };
  input_writer uut{spec};
  uut.write(in.shared, at(aligned, 0));
  uut.write(in.shared, at(usual, 4));
  BOOST_TEST(std::memcmp(at(aligned, 0), at(usual, 4), input_bytes(spec)) == 0);
}

BOOST_AUTO_TEST_CASE(matrix_and_range_are_those_of_the_frame) {
  for (auto matrix : {color_matrix::bt601, color_matrix::bt709})
    for (auto full : {false, true}) {
      auto in = make(320, 180, {matrix, full});
      BOOST_TEST(error_of(in, imagenet(224, 224), best_instructions())
                 < tolerance);
    }
}

BOOST_AUTO_TEST_CASE(channel_order_and_layout_are_those_of_the_network) {
  auto in = make(320, 180);
  for (auto order : {channel_order::rgb, channel_order::bgr})
    for (auto layout : {tensor_layout::nchw, tensor_layout::nhwc}) {
      auto spec = imagenet(100, 60);
      spec.channels = order;
      spec.layout = layout;
      BOOST_TEST(error_of(in, spec, best_instructions()) < tolerance);
      // bfloat16 keeps 8 bits: 1/256 of values up to 152 levels from the mean.
      spec.type = sample_type::bf16;
      BOOST_TEST(error_of(in, spec, best_instructions()) < tolerance + 0.6);
    }
}

BOOST_AUTO_TEST_CASE(a_letterbox_keeps_the_shape_and_pads_the_rest) {
  auto in = make(320, 180);
  for (auto how : {fit::letterbox_corner, fit::letterbox_center})
    for (auto layout : {tensor_layout::nchw, tensor_layout::nhwc}) {
      auto spec = imagenet(200, 200);
      spec.how = how;
      spec.pad = {114, 114, 114};
      spec.layout = layout;
      std::vector<uint8_t> out(input_bytes(spec), 0xee);
      auto where = input_writer{spec}.write(in.shared, out.data());
      // 200 / 320 * 180 = 112.5 rows.
      BOOST_TEST(where.width == 200);
      BOOST_TEST(where.height == 113);
      BOOST_TEST(where.y == (how == fit::letterbox_center ? 43 : 0));
      auto expected = by_opencv(in, {0, 0, 320, 180}, 200, 113, spec);
      BOOST_TEST(distance(out, spec, where, expected) < tolerance);
      for (int k = 0; k < 3; ++k)
        for (int y : {static_cast<int>(where.y) + 113, 199})
          BOOST_TEST(at(out, spec, k, y, 199)
                       == static_cast<double>((114 - spec.mean[size_t(k)])
                                              * spec.scale[size_t(k)]),
                     boost::test_tools::tolerance(1e-5));
    }
}

BOOST_AUTO_TEST_CASE(narrow_pictures_are_padded_on_the_right) {
  auto in = make(90, 180);
  auto spec = imagenet(200, 180);
  spec.how = fit::letterbox_corner;
  std::vector<uint8_t> out(input_bytes(spec));
  auto where = input_writer{spec}.write(in.shared, out.data());
  BOOST_TEST(where.width == 90);
  auto expected = by_opencv(in, {0, 0, 90, 180}, 90, 180, spec);
  BOOST_TEST(distance(out, spec, where, expected) < tolerance);
  for (int x = 90; x < 200; ++x)
    BOOST_TEST(at(out, spec, 0, 50, x)
                 == static_cast<double>(-spec.mean[0] * spec.scale[0]),
               boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(crops_are_those_of_opencv) {
  auto in = make(640, 360);
  auto spec = imagenet(224, 224);
  // In whole pixels: (64, 36) to (192, 108); the whole; odd corners clamp.
  std::vector<box> boxes{{.1f, .1f, .3f, .3f}, {0, 0, 1, 1}, {.9f, .9f, 2, 2}};
  std::vector<cv::Rect> crops{
    {64, 36, 128, 72}, {0, 0, 640, 360}, {576, 324, 64, 36}};
  for (auto use : available()) {
    std::vector<uint8_t> out(boxes.size() * input_bytes(spec));
    auto where = input_writer{spec, use}.write(in.shared, boxes, out.data());
    BOOST_REQUIRE(where.size() == boxes.size());
    for (size_t i = 0; i < boxes.size(); ++i) {
      auto from = out.begin() + static_cast<ptrdiff_t>(i * input_bytes(spec));
      std::vector<uint8_t> one(
        from, from + static_cast<ptrdiff_t>(input_bytes(spec)));
      auto expected = by_opencv(in, crops[i], 224, 224, spec);
      BOOST_TEST(distance(one, spec, where[i], expected) < tolerance);
    }
  }
}

BOOST_AUTO_TEST_CASE(processors_agree_with_each_other_on_odd_crops) {
  auto in = make(321, 181);
  auto spec = imagenet(57, 43);
  std::vector<box> boxes{{.111f, .222f, .333f, .444f},
                         {.5f, .5f, .5f, .5f},
                         {-1, -1, 0, 0},
                         {.99f, 0, 1, 1},
                         {1, 1, 0, 0}};
  std::vector<uint8_t> expected(boxes.size() * input_bytes(spec));
  input_writer{spec, instruction_set::scalar}.write(in.shared, boxes,
                                                    expected.data());
  for (auto use : available()) {
    std::vector<uint8_t> out(expected.size());
    input_writer{spec, use}.write(in.shared, boxes, out.data());
    auto* a = reinterpret_cast<const float*>(expected.data());
    auto* b = reinterpret_cast<const float*>(out.data());
    float worst = 0;
    for (size_t i = 0; i < out.size() / sizeof(float); ++i)
      worst = std::max(worst, std::abs(a[i] - b[i]));
    BOOST_TEST(worst < 1e-5f);
  }
}

BOOST_AUTO_TEST_CASE(the_usual_way_through_opencv_gives_nearly_the_same) {
  // cvtColor takes the nearest chroma and rounds twice: levels apart only
  // where chroma changes from pixel to pixel, which noise does here, softly.
  auto in = make(640, 360, {color_matrix::bt601, false}, 0.3);
  auto spec = imagenet(320, 192);
  std::vector<uint8_t> out(input_bytes(spec));
  auto where = input_writer{spec}.write(in.shared, out.data());
  cv::Mat all(360 * 3 / 2, 640, CV_8U);
  in.y.copyTo(all.rowRange(0, 360));
  std::memcpy(all.ptr(360), in.u.data, in.u.total());
  std::memcpy(all.ptr(360) + in.u.total(), in.v.data, in.v.total());
  cv::Mat rgb;
  cv::cvtColor(all, rgb, cv::COLOR_YUV2RGB_I420);
  cv::resize(rgb, rgb, {320, 192}, 0, 0, cv::INTER_LINEAR);
  double sum = 0;
  for (int y = 0; y < 192; ++y)
    for (int x = 0; x < 320; ++x)
      for (int k = 0; k < 3; ++k) {
        auto i = static_cast<size_t>(k);
        auto level = at(out, spec, k, y, x) / static_cast<double>(spec.scale[i])
                     + static_cast<double>(spec.mean[i]);
        sum += std::abs(level - rgb.at<cv::Vec3b>(y, x)[k]);
      }
  BOOST_TEST(where.width == 320);
  BOOST_TEST(sum / (192 * 320 * 3) < 1.5);
}

BOOST_AUTO_TEST_CASE(a_box_of_the_input_goes_back_to_the_picture) {
  input_spec spec;
  spec.width = 1280;
  spec.height = 736;
  spec.how = fit::letterbox_corner;
  auto where = place(spec, 1920, 1080);
  BOOST_TEST(where.width == 1280);
  BOOST_TEST(where.height == 720);
  auto b = to_frame({320, 180, 640, 736}, where);
  BOOST_TEST(b.x0 == .25f);
  BOOST_TEST(b.y0 == .25f);
  BOOST_TEST(b.x1 == .5f);
  BOOST_TEST(b.y1 == 1);
}

BOOST_AUTO_TEST_CASE(bfloat16_rounds_to_nearest_even_on_every_processor) {
  // 1 + 1/256 lies between 1 and 1 + 1/128: to even, 1. 1 + 3/256 goes up.
  std::vector<float> in(19, 1 + 1.f / 256);
  in[3] = 1 + 3.f / 256;
  in[17] = -2;
  for (auto use : available()) {
    std::vector<uint16_t> out(in.size());
    kernels(use).to_bf16(in.data(), static_cast<int>(in.size()), out.data());
    BOOST_TEST(bf16(out[0]) == 1);
    BOOST_TEST(bf16(out[3]) == 1 + 1.f / 64);
    BOOST_TEST(bf16(out[17]) == -2);
    BOOST_TEST(bf16(out[18]) == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
