#include "runtime/nn/torch/module.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vpaas {

namespace {

using kind = darknet_layer::kind;

/// Takes floats from the file one layer after the other.
class float_source {
public:
  explicit float_source(const std::vector<float>& values) : values_(values) {
    // nop
  }

  at::Tensor take(std::vector<int64_t> shape, int line) {
    size_t n = 1;
    for (auto size : shape)
      n *= size_t(size);
    auto from = values_.data() + at_;
    for (size_t i = 0; i < n; ++i)
      if (!std::isfinite(from[i]))
        throw bad_weights("the layer of line " + std::to_string(line)
                          + " holds a number that is none");
    at_ += n;
    return at::from_blob(const_cast<float*>(from), shape, at::kFloat).clone();
  }

private:
  const std::vector<float>& values_;
  size_t at_ = 0;
};

/// What each program does with the variance before it divides.
void choose_epsilon(darknet_program made_by, batch_norm& bn) {
  bn.epsilon = made_by == darknet_program::alexeyab ? 1e-5
               : made_by == darknet_program::opencv ? 1e-6
                                                    : 0;
  bn.beside_root = made_by == darknet_program::darknet ? 1e-6 : 0;
}

/// In the file: bias, then scale, mean, variance where it is normalised, then
/// the weights.
conv_layer take_conv(float_source& from, const darknet_layer& x,
                     darknet_program made_by) {
  conv_layer result;
  result.stride = x.stride;
  result.padding = x.padding;
  result.groups = x.groups;
  result.then = x.then;
  auto beta = from.take({x.channels}, x.line);
  batch_norm bn;
  choose_epsilon(made_by, bn);
  if (x.batch_normalize) {
    bn.gamma = from.take({x.channels}, x.line);
    bn.mean = from.take({x.channels}, x.line);
    bn.variance = from.take({x.channels}, x.line);
  }
  result.weight = from.take({x.channels, x.inputs / x.groups, x.size, x.size},
                            x.line);
  if (!x.batch_normalize) {
    result.bias = beta;
    return result;
  }
  bn.beta = beta;
  return fold(std::move(result), bn);
}

class darknet : public torch_module {
public:
  darknet(darknet_network net, const darknet_weights& weights,
          darknet_program made_by, const compute& how)
    : net_(std::move(net)) {
    if (weights.values.size() != net_.weights())
      throw bad_weights("it holds " + std::to_string(weights.values.size())
                        + " weights, the network needs "
                        + std::to_string(net_.weights()));
    if (made_by == darknet_program::by_file)
      made_by = weights.by_alexeyab ? darknet_program::alexeyab
                                    : darknet_program::darknet;
    float_source from{weights.values};
    for (auto& x : net_.layers)
      convs_.push_back(x.is == kind::convolutional
                         ? place(take_conv(from, x, made_by), how)
                         : conv_layer{});
    last_use_.assign(net_.layers.size(), 0);
    for (size_t i = 0; i < net_.layers.size(); ++i) {
      last_use_[i] = i + 1;
      for (auto j : net_.layers[i].from)
        last_use_[size_t(j)] = i;
    }
  }

  std::vector<at::Tensor> forward(const at::Tensor& x,
                                  const input_batch&) override {
    std::vector<at::Tensor> outputs, heads;
    for (size_t i = 0; i < net_.layers.size(); ++i) {
      auto& input = i == 0 ? x : outputs[i - 1];
      outputs.push_back(apply(i, input, outputs));
      if (net_.layers[i].is == kind::yolo)
        heads.push_back(outputs[i].permute({0, 2, 3, 1}));
      for (size_t j = 0; j < i; ++j)
        if (last_use_[j] == i)
          outputs[j].reset(); // its memory serves the next layers
    }
    return heads;
  }

  std::vector<yolo_head> heads() const override {
    return net_.heads();
  }

private:
  at::Tensor apply(size_t i, const at::Tensor& x,
                   const std::vector<at::Tensor>& outputs) const {
    auto& layer = net_.layers[i];
    switch (layer.is) {
      case kind::convolutional:
        return convs_[i](x);
      case kind::shortcut:
        return shortcut(layer, x, outputs);
      case kind::route:
        return route(layer, outputs);
      case kind::upsample:
        return at::upsample_nearest2d(
          x, {x.size(2) * layer.stride, x.size(3) * layer.stride});
      case kind::maxpool:
        return maxpool(layer, x);
      case kind::avgpool:
        return at::adaptive_avg_pool2d(x, {1, 1});
      case kind::scale_channels:
      case kind::sam:
        return activate(outputs[size_t(layer.from[0])] * x, layer.then);
      default:
        return x;
    }
  }

  /// Layers of other shapes are added as far as they reach: the first channels
  /// that both have, and of the finer one every second place (third, ...).
  static at::Tensor shortcut(const darknet_layer& layer, const at::Tensor& x,
                             const std::vector<at::Tensor>& outputs) {
    auto sum = x.clone();
    auto thinned = [](const at::Tensor& fine, const at::Tensor& coarse) {
      auto step = std::max<int64_t>(fine.size(2) / coarse.size(2), 1);
      return fine.slice(2, 0, fine.size(2), step)
        .slice(3, 0, fine.size(3), step);
    };
    for (auto j : layer.from) {
      auto& other = outputs[size_t(j)];
      auto both = std::min(sum.size(1), other.size(1));
      thinned(sum.narrow(1, 0, both), other)
        .add_(thinned(other.narrow(1, 0, both), sum));
    }
    return activate(sum, layer.then);
  }

  static at::Tensor route(const darknet_layer& layer,
                          const std::vector<at::Tensor>& outputs) {
    std::vector<at::Tensor> parts;
    for (auto j : layer.from) {
      auto& x = outputs[size_t(j)];
      auto part = x.size(1) / layer.groups;
      parts.push_back(
        layer.groups == 1 ? x : x.narrow(1, layer.group_id * part, part));
    }
    return parts.size() == 1 ? parts[0] : at::cat(parts, 1);
  }

  /// Darknet pads more at the right and bottom where it cannot be even.
  static at::Tensor maxpool(const darknet_layer& layer, const at::Tensor& x) {
    auto before = layer.padding / 2, after = layer.padding - before;
    if (before == after)
      return at::max_pool2d(x, {layer.size, layer.size},
                            {layer.stride, layer.stride}, {before, before});
    auto padded = at::constant_pad_nd(x, {before, after, before, after},
                                      -std::numeric_limits<float>::infinity());
    return at::max_pool2d(padded, {layer.size, layer.size},
                          {layer.stride, layer.stride});
  }

  darknet_network net_;
  std::vector<conv_layer> convs_; ///< one a layer, empty for the others
  std::vector<size_t> last_use_;
};

} // namespace

module_ptr make_darknet(darknet_network net, const darknet_weights& weights,
                        darknet_program made_by, const compute& how) {
  return std::make_unique<darknet>(std::move(net), weights, made_by, how);
}

} // namespace vpaas
