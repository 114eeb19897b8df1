#pragma once

#include "runtime/nn/network.hpp"
#include "runtime/nn/torch/layers.hpp"

#include <ATen/ATen.h>

#include <memory>
#include <vector>

namespace vpaas {

/// The arithmetic of one network. Throws what LibTorch throws.
class torch_module {
public:
  virtual ~torch_module() = default;

  /// @param x [images, channels, height, width], channels last in memory
  /// @param in the batch that `x` was made of, for the frames' places in it
  /// @returns outputs whose first axis is images
  virtual std::vector<at::Tensor>
  forward(const at::Tensor& x, const input_batch& in) = 0;

  virtual std::vector<yolo_head> heads() const {
    return {};
  }
};

using module_ptr = std::unique_ptr<torch_module>;

/// Outputs: probabilities [n, classes], features [n, d] before the last layer.
module_ptr make_resnet(layer_factory& make, const model_card& card);
module_ptr make_mobilenet_v2(layer_factory& make, const model_card& card);

/// Output: an image [n, scale * height, scale * width, 3], RGB in [0, 1].
module_ptr make_carn_m(layer_factory& make, const model_card& card);

/// Outputs: proposals [n, r, 4] in input pixels, deltas [n, r, 4 * classes],
/// logits [n, r, classes], objectness [n, r]; images with fewer proposals than
/// r end in empty ones.
module_ptr make_faster_rcnn(layer_factory& make, const model_card& card);

/// Outputs: one tensor a head, [n, height, width, anchors * (5 + classes)].
/// @param made_by whose batch normalisation the weights were made for
module_ptr make_darknet(darknet_network net, const darknet_weights& weights,
                        darknet_program made_by, const compute& how);

/// A TorchScript file. It is a program: load only what is trusted, which the
/// card's hash is for.
module_ptr make_torchscript(const std::string& path, const compute& how);

} // namespace vpaas
