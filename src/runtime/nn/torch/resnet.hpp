#pragma once

#include "runtime/nn/torch/layers.hpp"

#include <array>
#include <optional>
#include <vector>

namespace vpaas {

/// The convolutional part of a ResNet of any depth and width (He et al. 2015),
/// with torchvision's names; the stride is in the 3x3 layers, as there.
class resnet_trunk {
public:
  /// @param prefix what the tensors' names start with, "backbone.body."
  resnet_trunk(layer_factory& make, const std::string& prefix);

  /// Returns the outputs of the four stages, strides 4, 8, 16, 32.
  std::array<at::Tensor, 4> operator()(const at::Tensor& x) const;

  /// Channels of the stages.
  const std::array<int64_t, 4>& channels() const {
    return channels_;
  }

  /// Layers with weights, the last one included: 50 of ResNet-50.
  int depth() const {
    return depth_;
  }

private:
  struct unit {
    std::vector<conv_layer> path;
    std::optional<conv_layer> shortcut;
  };

  unit make_block(layer_factory& make, const std::string& name, int64_t inputs,
                  int64_t stride);

  conv_layer stem_;
  std::array<std::vector<unit>, 4> stages_;
  std::array<int64_t, 4> channels_{};
  int depth_ = 2;
};

} // namespace vpaas
