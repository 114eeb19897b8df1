#include "runtime/nn/torch/module.hpp"

#include <array>

namespace vpaas {

namespace {

/// MobileNetV2 (Sandler et al. 2018), Table 2: repetitions and first stride of
/// the seven groups of blocks. Widths come from the weights.
constexpr std::array<std::array<int, 2>, 7> groups_of_blocks{
  {{1, 1}, {2, 2}, {3, 2}, {4, 2}, {3, 1}, {3, 2}, {1, 1}}};

class mobilenet_v2 : public torch_module {
public:
  explicit mobilenet_v2(layer_factory& make) {
    first_ = make.conv_norm("features.0.0", "features.0.1", 3, 2, 1,
                            activation::relu6);
    auto width = first_.outputs();
    int n = 1;
    for (auto& [repeats, stride] : groups_of_blocks)
      for (int i = 0; i < repeats; ++i, ++n) {
        blocks_.push_back(make_block(make, "features." + std::to_string(n),
                                     width, i == 0 ? stride : 1));
        width = blocks_.back().path.back().outputs();
      }
    auto name = "features." + std::to_string(n);
    end_ = make.conv_norm(name + ".0", name + ".1", width, 1, 0,
                          activation::relu6);
    last_ = make.linear("classifier.1", end_.outputs());
  }

  std::vector<at::Tensor> forward(const at::Tensor& x,
                                  const input_batch&) override {
    auto y = first_(x);
    for (auto& block : blocks_) {
      auto z = y;
      for (auto& layer : block.path)
        z = layer(z);
      y = block.residual ? z.add_(y) : z;
    }
    auto feature = at::mean(end_(y), {2, 3});
    return {at::softmax(last_(feature), 1, at::kFloat), feature};
  }

private:
  struct unit {
    std::vector<conv_layer> path;
    bool residual = false;
  };

  static unit make_block(layer_factory& make, const std::string& name,
                         int64_t inputs, int64_t stride) {
    unit result;
    auto width = inputs;
    auto add = [&](const std::string& conv, const std::string& norm,
                   int64_t step, int64_t padding, activation then) {
      result.path.push_back(make.conv_norm(name + ".conv." + conv,
                                           name + ".conv." + norm, width, step,
                                           padding, then));
      width = result.path.back().outputs();
    };
    // The first block does not widen its input, so it is one layer shorter.
    auto widens = make.source().has(name + ".conv.3.weight");
    if (widens)
      add("0.0", "0.1", 1, 0, activation::relu6);
    std::string depthwise = widens ? "1" : "0";
    add(depthwise + ".0", depthwise + ".1", stride, 1, activation::relu6);
    add(widens ? "2" : "1", widens ? "3" : "2", 1, 0, activation::linear);
    result.residual = stride == 1 && width == inputs;
    return result;
  }

  conv_layer first_, end_;
  std::vector<unit> blocks_;
  linear_layer last_;
};

} // namespace

module_ptr make_mobilenet_v2(layer_factory& make, const model_card&) {
  return std::make_unique<mobilenet_v2>(make);
}

} // namespace vpaas
