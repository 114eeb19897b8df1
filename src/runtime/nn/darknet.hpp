#pragma once

#include "runtime/vision/decode.hpp"

#include <caf/expected.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vpaas {

enum class activation : uint8_t {
  linear,
  leaky, ///< slope 0.1 below zero
  relu,
  relu6,
  logistic,
  mish,
  swish,
  tanh,
};

constexpr auto names_of(activation) {
  return std::array{"linear",   "leaky", "relu",  "relu6",
                    "logistic", "mish",  "swish", "tanh"};
}

/// The program that made the weights of a darknet network. They differ in what
/// keeps batch normalisation from dividing by zero, which shows where a
/// channel hardly varies.
enum class darknet_program : uint8_t {
  by_file,  ///< as the header of the weights says
  darknet,  ///< pjreddie's, Debian's: x / (sqrt(variance) + 1e-6)
  alexeyab, ///< x / sqrt(variance + 1e-5)
  opencv,   ///< x / sqrt(variance + 1e-6), for what was tuned on OpenCV
};

constexpr auto names_of(darknet_program) {
  return std::array{"by_file", "darknet", "alexeyab", "opencv"};
}

/// One layer of a darknet network; which members count follows from `is`.
struct darknet_layer {
  enum class kind : uint8_t {
    convolutional,
    shortcut,
    route,
    upsample,
    maxpool,
    avgpool,        ///< over the whole plane
    scale_channels, ///< an earlier layer times one number a channel
    sam,            ///< an earlier layer times this one, place by place
    yolo,
    dropout, ///< passes its input on
  };

  kind is = kind::dropout;
  int line = 0;                 ///< of its section in the file
  int channels, height, width;  ///< of its output
  int inputs = 0;               ///< channels that a convolution reads
  int size = 1, stride = 1;     ///< of a kernel, window or enlargement
  int padding = 0;              ///< a side; of maxpool: both sides together
  int groups = 1, group_id = 0; ///< of a convolution; of a route, its part
  bool batch_normalize = false;
  activation then = activation::linear;
  std::vector<int> from;                     ///< indices of earlier layers
  std::vector<std::array<float, 2>> anchors; ///< of a yolo head, its own
  int classes = 0;
  float scale_xy = 1;
  bool new_coords = false; ///< the layer before has applied its logistic

  /// Number of floats that the layer takes out of the weight file.
  uint64_t weights() const;
};

struct darknet_network {
  int channels = 3, height = 0, width = 0; ///< of the input
  std::vector<darknet_layer> layers;

  uint64_t weights() const;

  /// What the decoder has to know, in the order of the outputs.
  std::vector<yolo_head> heads() const;
};

/// Reads a darknet `.cfg` and works out every shape. Layers: convolutional,
/// shortcut, route, upsample, maxpool, avgpool, scale_channels, sam, dropout,
/// yolo. As in darknet the first of two equal keys counts, and keys that only
/// training reads are passed over.
/// @param width,height replace the size in the file unless 0
/// @returns ec::bad_input that names the line for what cannot be built, every
///          key that would change the arithmetic included
caf::expected<darknet_network> parse_darknet(std::string_view text,
                                             const std::string& where,
                                             int width = 0, int height = 0);

} // namespace vpaas
