#include "runtime/nn/torch/roi_features.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(roi_features_tests)

// What a GPU would run, run on the CPU against the vectorised one.
BOOST_AUTO_TEST_CASE(the_device_path_gives_the_same_features) {
  at::manual_seed(3);
  std::vector<at::Tensor> maps;
  for (int64_t stride : {4, 8, 16, 32})
    maps.push_back(at::randn({2, 8, 256 / stride, 512 / stride}));
  std::mt19937 random(3);
  std::uniform_real_distribution<float> at(0, 1);
  std::vector<proposals> boxes(2);
  for (auto& x : boxes)
    for (int i = 0; i < 40; ++i) {
      auto w = at(random) * at(random) * 512, h = at(random) * 256;
      auto left = at(random) * (512 - w), top = at(random) * (256 - h);
      x.boxes.push_back({left, top, left + w, top + h});
    }
  boxes[1].boxes.resize(25); // fewer than rows: the rest stays zero
  auto wanted = roi_features(maps, boxes, 40, 7);
  auto found = roi_features_on_device(maps, boxes, 40, 7);
  BOOST_TEST(wanted.abs().max().item<float>() > .5f);
  BOOST_TEST((wanted - found).abs().max().item<float>() < 1e-3f);
}

BOOST_AUTO_TEST_SUITE_END()
