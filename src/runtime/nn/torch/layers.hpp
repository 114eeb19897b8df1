#pragma once

// What all native networks are made of. Batch normalisation is folded into the
// convolution before it at load; weights lie channels last, on the device and
// in the type that the network computes with.

#include "runtime/nn/darknet.hpp"
#include "runtime/nn/weights.hpp"

#include <ATen/ATen.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace vpaas {

/// Weights that do not fit the network: which tensor, and why. Caught where the
/// engine is entered, and answered as ec::bad_input.
struct bad_weights : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Hands out the tensors of a file by name, and remembers which are left.
class weight_source {
public:
  explicit weight_source(weight_map xs) : all_(std::move(xs)) {
    // nop
  }

  bool has(const std::string& name) const {
    return all_.count(name) != 0;
  }

  /// Returns the shape of a tensor. Throws where it is missing or has another
  /// number of axes.
  const std::vector<int64_t>& shape(const std::string& name, size_t axes) const;

  /// Returns a tensor in float on the CPU. Throws where it is missing, of
  /// another shape, or holds a number that is none.
  at::Tensor take(const std::string& name, const std::vector<int64_t>& shape);

  /// Throws where tensors are left that the network does not have.
  void finish() const;

private:
  weight_map all_;
};

/// Where and in what a network computes.
struct compute {
  at::Device device{at::kCPU};
  at::ScalarType type = at::kFloat;
};

/// Applies an activation, in place where it can.
at::Tensor activate(at::Tensor x, activation how);

/// A convolution with its bias and activation.
struct conv_layer {
  at::Tensor weight, bias;
  int64_t stride = 1, padding = 0, groups = 1;
  activation then = activation::linear;

  at::Tensor operator()(const at::Tensor& x) const;

  int64_t outputs() const {
    return weight.size(0);
  }
};

struct linear_layer {
  at::Tensor weight, bias;

  at::Tensor operator()(const at::Tensor& x) const {
    return at::linear(x, weight, bias);
  }
};

/// Scale and shift of a batch normalisation, running statistics included.
struct batch_norm {
  at::Tensor gamma, beta, mean, variance;
  double epsilon = 1e-5;  ///< added to the variance
  double beside_root = 0; ///< added to its root
};

/// Returns the convolution that does both: w * g / (sqrt(v + e) + b).
conv_layer fold(conv_layer x, const batch_norm& bn);

/// Moves a layer to where the network computes.
conv_layer place(conv_layer x, const compute& how);

/// Builds layers by the names that PyTorch gives their tensors. Shapes come
/// from the file as far as the layer before allows, so that narrow and deep
/// variants of a network need no code.
class layer_factory {
public:
  layer_factory(weight_source& from, compute how, double epsilon)
    : from_(from), how_(how), epsilon_(epsilon) {
    // nop
  }

  /// A convolution of `inputs` channels with bias.
  conv_layer conv(const std::string& name, int64_t inputs, int64_t padding,
                  activation then = activation::linear);

  /// A convolution without bias and the normalisation behind it; in as many
  /// groups as the shape of the weights says.
  conv_layer conv_norm(const std::string& name, const std::string& norm,
                       int64_t inputs, int64_t stride, int64_t padding,
                       activation then);

  linear_layer linear(const std::string& name, int64_t inputs);

  weight_source& source() {
    return from_;
  }

  const compute& how() const {
    return how_;
  }

private:
  weight_source& from_;
  compute how_;
  double epsilon_;
};

} // namespace vpaas
