#include "runtime/nn/torch/module.hpp"

#include <array>

namespace vpaas {

namespace {

/// Three residual units that share their weights, each followed by a 1x1 layer
/// over everything before it (Ahn et al. 2018, Fig. 3, the mobile variant).
class cascade {
public:
  cascade(layer_factory& make, const std::string& name, int64_t width) {
    first_ = make.conv(name + ".b1.body.0", width, 1, activation::relu);
    second_ = make.conv(name + ".b1.body.2", width, 1, activation::relu);
    third_ = make.conv(name + ".b1.body.4", width, 0);
    for (int64_t i = 0; i < 3; ++i)
      mix_[size_t(i)]
        = make.conv(name + ".c" + std::to_string(i + 1) + ".body.0",
                    width * (i + 2), 0, activation::relu);
  }

  at::Tensor operator()(const at::Tensor& x) const {
    auto all = x, y = x;
    for (auto& mix : mix_) {
      all = at::cat({all, third_(second_(first_(y))).add_(y).relu_()}, 1);
      y = mix(all);
    }
    return y;
  }

private:
  conv_layer first_, second_, third_;
  std::array<conv_layer, 3> mix_;
};

class carn_m : public torch_module {
public:
  carn_m(layer_factory& make, const model_card& card) : scale_(card.scale) {
    before_ = make.conv("sub_mean.shifter", 3, 0);
    entry_ = make.conv("entry", 3, 1);
    auto width = entry_.outputs();
    for (int64_t i = 0; i < 3; ++i) {
      auto n = std::to_string(i + 1);
      blocks_.emplace_back(make, "b" + n, width);
      mix_[size_t(i)] = make.conv("c" + n + ".body.0", width * (i + 2), 0,
                                  activation::relu);
    }
    // The file has the ends for all three scales; each is read, one is kept.
    for (auto& [name, factor] : {std::pair<const char*, int>{"up2.body.0", 2},
                                 {"up3.body.0", 3},
                                 {"up4.body.0", 4},
                                 {"up4.body.3", 4}}) {
      auto layer = make.conv(std::string("upsample.") + name, width, 1,
                             activation::relu);
      if (factor == scale_)
        up_.push_back(layer);
    }
    exit_ = make.conv("exit", width, 1);
    after_ = make.conv("add_mean.shifter", 3, 0);
  }

  std::vector<at::Tensor> forward(const at::Tensor& x,
                                  const input_batch&) override {
    auto all = entry_(before_(x)), y = all;
    for (size_t i = 0; i < 3; ++i) {
      all = at::cat({all, blocks_[i](y)}, 1);
      y = mix_[i](all);
    }
    for (auto& up : up_)
      y = at::pixel_shuffle(up(y), scale_ == 3 ? 3 : 2);
    return {after_(exit_(y)).permute({0, 2, 3, 1})};
  }

private:
  int scale_;
  conv_layer before_, entry_, exit_, after_;
  std::vector<cascade> blocks_;
  std::array<conv_layer, 3> mix_;
  std::vector<conv_layer> up_;
};

} // namespace

module_ptr make_carn_m(layer_factory& make, const model_card& card) {
  return std::make_unique<carn_m>(make, card);
}

} // namespace vpaas
