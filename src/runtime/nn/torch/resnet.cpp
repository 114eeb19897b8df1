#include "runtime/nn/torch/resnet.hpp"

#include "runtime/nn/torch/module.hpp"

namespace vpaas {

namespace {

class resnet : public torch_module {
public:
  resnet(layer_factory& make, const model_card& card)
    : trunk_(make, ""), last_(make.linear("fc", trunk_.channels()[3])) {
    if (trunk_.depth() != card.depth)
      throw bad_weights("the weights are of a ResNet-"
                        + std::to_string(trunk_.depth()) + ", the card says "
                        + std::to_string(card.depth));
  }

  std::vector<at::Tensor> forward(const at::Tensor& x,
                                  const input_batch&) override {
    auto feature = at::mean(trunk_(x)[3], {2, 3});
    return {at::softmax(last_(feature), 1, at::kFloat), feature};
  }

private:
  resnet_trunk trunk_;
  linear_layer last_;
};

} // namespace

resnet_trunk::resnet_trunk(layer_factory& make, const std::string& prefix)
  : stem_(make.conv_norm(prefix + "conv1", prefix + "bn1", 3, 2, 3,
                         activation::relu)) {
  auto inputs = stem_.outputs();
  for (size_t s = 0; s < 4; ++s) {
    auto stage = prefix + "layer" + std::to_string(s + 1) + ".";
    for (int i = 0;
         i == 0
         || make.source().has(stage + std::to_string(i) + ".conv1.weight");
         ++i) {
      auto stride = i == 0 && s > 0 ? 2 : 1;
      stages_[s].push_back(
        make_block(make, stage + std::to_string(i), inputs, stride));
      inputs = stages_[s].back().path.back().outputs();
    }
    channels_[s] = inputs;
  }
}

resnet_trunk::unit resnet_trunk::make_block(layer_factory& make,
                                            const std::string& name,
                                            int64_t inputs, int64_t stride) {
  // Three layers 1x1, 3x3, 1x1 from ResNet-50 on; two 3x3 below that.
  auto deep = make.source().has(name + ".conv3.weight");
  unit result;
  auto width = inputs;
  auto add = [&](int i, int64_t step, int64_t padding, activation then) {
    auto n = std::to_string(i);
    result.path.push_back(make.conv_norm(name + ".conv" + n, name + ".bn" + n,
                                         width, step, padding, then));
    width = result.path.back().outputs();
  };
  if (deep) {
    add(1, 1, 0, activation::relu);
    add(2, stride, 1, activation::relu);
    add(3, 1, 0, activation::linear);
  } else {
    add(1, stride, 1, activation::relu);
    add(2, 1, 1, activation::linear);
  }
  depth_ += deep ? 3 : 2;
  if (make.source().has(name + ".downsample.0.weight"))
    result.shortcut = make.conv_norm(name + ".downsample.0",
                                     name + ".downsample.1", inputs, stride, 0,
                                     activation::linear);
  else if (width != inputs || stride != 1)
    throw bad_weights("tensor " + name + ".downsample.0.weight is missing");
  return result;
}

std::array<at::Tensor, 4> resnet_trunk::operator()(const at::Tensor& x) const {
  auto y = at::max_pool2d(stem_(x), {3, 3}, {2, 2}, {1, 1});
  std::array<at::Tensor, 4> result;
  for (size_t s = 0; s < 4; ++s) {
    for (auto& block : stages_[s]) {
      auto z = y;
      for (auto& layer : block.path)
        z = layer(z);
      y = z.add_(block.shortcut ? (*block.shortcut)(y) : y).relu_();
    }
    result[s] = y;
  }
  return result;
}

module_ptr make_resnet(layer_factory& make, const model_card& card) {
  return std::make_unique<resnet>(make, card);
}

} // namespace vpaas
