#include "runtime/nn/network.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/zoo.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace vpaas;

namespace {

constexpr int width = 48, height = 32;

/// Colours without a period, RGB in 0..255 as pictures have them.
std::vector<float> picture() {
  std::vector<float> result;
  for (int i = 0; i < height; ++i)
    for (int k = 0; k < width; ++k)
      for (int c = 0; c < 3; ++c)
        result.push_back(std::round(
          127.f + 100.f * std::sin(float(i * (c + 2) + k * k) / 40)));
  return result;
}

/// What its authors' definition makes of it; empty where PyTorch is missing.
std::vector<float> reference(const std::string& weights,
                             const std::vector<float>& in) {
  test::temp_dir folder;
  std::vector<float> scaled;
  for (auto x : in)
    scaled.push_back(x / 255);
  auto source = folder.write(
    "in", {reinterpret_cast<const char*>(scaled.data()), 4 * scaled.size()});
  auto target = folder.path("out");
  auto command = "/usr/bin/python3 test/support/carn_reference.py " + weights
                 + " " + std::to_string(width) + " " + std::to_string(height)
                 + " " + source + " " + target + " 2>/dev/null";
  if (std::system(command.c_str()) != 0)
    return {};
  std::ifstream file{target, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  std::vector<float> result(bytes.size() / 4);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(result.data()));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(carn_tests)

BOOST_AUTO_TEST_CASE(both_kinds_of_carn_compute_what_their_authors_define) {
  for (std::string name : {"carn_m", "carn_x2", "carn_x2_traffic"}) {
    auto model = default_zoo().locate(name);
    if (!model) {
      BOOST_TEST_MESSAGE("skipped: " << describe(model.error()));
      continue;
    }
    auto in = picture();
    auto wanted = reference(model->paths.at("weights"), in);
    if (wanted.empty()) {
      BOOST_TEST_MESSAGE("skipped: no PyTorch; scripts/setup --reference");
      return;
    }
    model->card.input.width = width;
    model->card.input.height = height;
    auto uut = load_network(*model, {});
    BOOST_TEST_REQUIRE(bool(uut));
    input_batch batch;
    batch.resize(1, height, width);
    for (size_t i = 0; i < in.size(); ++i)
      batch.values[i] = in[i] / 255;
    auto out = (*uut)->run(batch);
    BOOST_TEST_REQUIRE(bool(out));
    BOOST_TEST_REQUIRE((out->front().shape
                        == std::vector<int64_t>{1, 2 * height, 2 * width, 3}));
    float worst = 0;
    for (size_t i = 0; i < wanted.size(); ++i)
      worst = std::max(worst, std::abs(wanted[i] - out->front().data[i]));
    BOOST_TEST(worst < 1e-4f, name << " is off by " << worst);
  }
}

BOOST_AUTO_TEST_SUITE_END()
