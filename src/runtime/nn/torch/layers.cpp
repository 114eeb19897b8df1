#include "runtime/nn/torch/layers.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

/// Counters of training that no inference reads.
bool is_counter(const std::string& name) {
  const std::string ending = "num_batches_tracked";
  return name.size() >= ending.size()
         && name.compare(name.size() - ending.size(), ending.size(), ending)
              == 0;
}

} // namespace

const std::vector<int64_t>& weight_source::shape(const std::string& name,
                                                 size_t axes) const {
  auto i = all_.find(name);
  if (i == all_.end())
    throw bad_weights("tensor " + name + " is missing");
  if (i->second.shape.size() != axes)
    throw bad_weights("tensor " + name + " has shape "
                      + to_text(i->second.shape) + "; the network needs "
                      + std::to_string(axes) + " axes");
  return i->second.shape;
}

at::Tensor weight_source::take(const std::string& name,
                               const std::vector<int64_t>& wanted) {
  if (auto& got = shape(name, wanted.size()); got != wanted)
    throw bad_weights("tensor " + name + " has shape " + to_text(got)
                      + "; the network needs " + to_text(wanted));
  auto x = std::move(all_.extract(name).mapped());
  for (auto value : x.values)
    if (!std::isfinite(value))
      throw bad_weights("tensor " + name + " holds a number that is none");
  return at::from_blob(x.values.data(), x.shape, at::kFloat).clone();
}

void weight_source::finish() const {
  std::string names;
  size_t left = 0;
  for (auto& [name, x] : all_) {
    if (is_counter(name))
      continue;
    if (++left <= 3)
      names += " " + name + " " + to_text(x.shape);
  }
  if (left > 0)
    throw bad_weights(std::to_string(left)
                      + " tensors are left over that the network does not "
                        "have:"
                      + names + (left > 3 ? " ..." : ""));
}

at::Tensor activate(at::Tensor x, activation how) {
  switch (how) {
    case activation::leaky:
      return at::leaky_relu_(x, 0.1);
    case activation::relu:
      return x.relu_();
    case activation::relu6:
      return at::hardtanh_(x, 0, 6);
    case activation::logistic:
      return x.sigmoid_();
    case activation::mish:
      return at::mish_(x);
    case activation::swish:
      return at::silu_(x);
    case activation::tanh:
      return x.tanh_();
    case activation::linear:
      return x;
  }
  return x;
}

at::Tensor conv_layer::operator()(const at::Tensor& x) const {
  return activate(at::conv2d(x, weight, bias, {stride, stride},
                             {padding, padding}, {1, 1}, groups),
                  then);
}

conv_layer fold(conv_layer x, const batch_norm& bn) {
  auto factor = bn.gamma / ((bn.variance + bn.epsilon).sqrt() + bn.beside_root);
  x.weight = x.weight * factor.reshape({-1, 1, 1, 1});
  auto shift = bn.beta - bn.mean * factor;
  x.bias = x.bias.defined() ? x.bias * factor + shift : shift;
  return x;
}

conv_layer place(conv_layer x, const compute& how) {
  x.weight = x.weight.to(how.device, how.type)
               .contiguous(at::MemoryFormat::ChannelsLast);
  x.bias = x.bias.to(how.device, how.type);
  return x;
}

conv_layer layer_factory::conv(const std::string& name, int64_t inputs,
                               int64_t padding, activation then) {
  auto shape = from_.shape(name + ".weight", 4);
  conv_layer x;
  x.padding = padding;
  x.then = then;
  x.groups = shape[1] > 0 ? std::max<int64_t>(inputs / shape[1], 1) : 1;
  shape[1] = inputs / x.groups;
  x.weight = from_.take(name + ".weight", shape);
  x.bias = from_.take(name + ".bias", {shape[0]});
  return place(std::move(x), how_);
}

conv_layer layer_factory::conv_norm(const std::string& name,
                                    const std::string& norm, int64_t inputs,
                                    int64_t stride, int64_t padding,
                                    activation then) {
  auto shape = from_.shape(name + ".weight", 4);
  conv_layer x;
  x.stride = stride;
  x.padding = padding;
  x.then = then;
  x.groups = shape[1] > 0 ? std::max<int64_t>(inputs / shape[1], 1) : 1;
  shape[1] = inputs / x.groups;
  x.weight = from_.take(name + ".weight", shape);
  batch_norm bn;
  bn.epsilon = epsilon_;
  bn.gamma = from_.take(norm + ".weight", {shape[0]});
  bn.beta = from_.take(norm + ".bias", {shape[0]});
  bn.mean = from_.take(norm + ".running_mean", {shape[0]});
  bn.variance = from_.take(norm + ".running_var", {shape[0]});
  return place(fold(std::move(x), bn), how_);
}

linear_layer layer_factory::linear(const std::string& name, int64_t inputs) {
  auto outputs = from_.shape(name + ".weight", 2)[0];
  return {
    from_.take(name + ".weight", {outputs, inputs}).to(how_.device, how_.type),
    from_.take(name + ".bias", {outputs}).to(how_.device, how_.type)};
}

} // namespace vpaas
