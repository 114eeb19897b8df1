#include "runtime/nn/torch/module.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vpaas {

namespace {

/// A residual unit: two layers of 3x3, of which the mobile variant has a third
/// of 1x1 because its layers work in groups.
class residual {
public:
  residual(layer_factory& make, const std::string& name, int64_t width) {
    auto mobile = make.source().has(name + ".body.4.weight");
    layers_.push_back(make.conv(name + ".body.0", width, 1, activation::relu));
    layers_.push_back(
      make.conv(name + ".body.2", width, 1,
                mobile ? activation::relu : activation::linear));
    if (mobile)
      layers_.push_back(make.conv(name + ".body.4", width, 0));
  }

  at::Tensor operator()(const at::Tensor& x) const {
    auto y = x;
    for (auto& layer : layers_)
      y = layer(y);
    return y.add_(x).relu_();
  }

private:
  std::vector<conv_layer> layers_;
};

/// Three residual units, each followed by a 1x1 layer over everything before it
/// (Ahn et al. 2018, Fig. 3). The three of the mobile variant are one.
class cascade {
public:
  cascade(layer_factory& make, const std::string& name, int64_t width) {
    for (int64_t i = 0; i < 3; ++i) {
      auto unit = name + ".b" + std::to_string(i + 1);
      if (i == 0 || make.source().has(unit + ".body.0.weight"))
        units_.emplace_back(make, unit, width);
      mix_[size_t(i)]
        = make.conv(name + ".c" + std::to_string(i + 1) + ".body.0",
                    width * (i + 2), 0, activation::relu);
    }
  }

  at::Tensor operator()(const at::Tensor& x) const {
    auto all = x, y = x;
    for (size_t i = 0; i < mix_.size(); ++i) {
      auto& unit = units_[std::min(i, units_.size() - 1)];
      all = at::cat({all, unit(y)}, 1);
      y = mix_[i](all);
    }
    return y;
  }

private:
  std::vector<residual> units_;
  std::array<conv_layer, 3> mix_;
};

/// CARN, or its mobile variant: the file says which.
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
    for (auto& [name, factor] : ends_in(make.source())) {
      auto layer = make.conv(std::string("upsample.") + name, width, 1,
                             activation::relu);
      if (factor == scale_)
        up_.push_back(layer);
    }
    if (up_.empty())
      throw bad_weights("the file enlarges by 2 alone; write scale = 2");
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
  using ends = std::vector<std::pair<const char*, int>>;

  /// A file has an end for one scale, or those for all three: each is read, one
  /// is kept.
  static ends ends_in(const weight_source& x) {
    if (x.has("upsample.up.body.0.weight"))
      return {{"up.body.0", 2}};
    return {{"up2.body.0", 2},
            {"up3.body.0", 3},
            {"up4.body.0", 4},
            {"up4.body.3", 4}};
  }

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
