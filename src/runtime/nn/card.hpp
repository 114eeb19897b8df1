#pragma once

#include "runtime/nn/darknet.hpp"
#include "runtime/vision/decode.hpp"
#include "runtime/vision/region_filter.hpp"

#include <caf/expected.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vpaas {

enum class model_task : uint8_t { detect, classify, embed, super_resolve };

constexpr auto names_of(model_task) {
  return std::array{"detect", "classify", "embed", "super_resolve"};
}

enum class model_engine : uint8_t { torch, opencv };

constexpr auto names_of(model_engine) {
  return std::array{"torch", "opencv"};
}

/// What the files describe. The first six are built by the engine `torch`.
enum class architecture : uint8_t {
  torchscript,
  faster_rcnn, ///< over a ResNet with a feature pyramid
  darknet,     ///< both engines
  resnet,
  mobilenet_v2,
  carn_m,
  onnx, ///< and the rest by `opencv`
  caffe,
  tensorflow,
};

constexpr auto names_of(architecture) {
  return std::array{"torchscript", "faster_rcnn",  "darknet",
                    "resnet",      "mobilenet_v2", "carn_m",
                    "onnx",        "caffe",        "tensorflow"};
}

enum class number_type : uint8_t { fp32, bf16 };

constexpr auto names_of(number_type) {
  return std::array{"fp32", "bf16"};
}

enum class output_decoder : uint8_t {
  none,
  nanodet,
  yolo,
  yolo_rows,
  yolox,
  ssd,
  rcnn,
};

constexpr auto names_of(output_decoder) {
  return std::array{"none",  "nanodet", "yolo", "yolo_rows",
                    "yolox", "ssd",     "rcnn"};
}

/// A file of a model. Its place is found by its hash, not by its name.
struct card_file {
  std::string role; ///< "weights", "config"
  std::string name; ///< under which it is looked for first, and kept
  /// 64 digits, or the first 8 or more that are published; empty ("any") for
  /// a file that the user brings.
  std::string sha256;
  uint64_t bytes = 0; ///< 0 = not known
  std::string url;    ///< empty = cannot be pulled
};

/// How a frame becomes the input of a network. Colours are 0 to 255.
struct card_input {
  int width = 0, height = 0;
  bool bgr = false;       ///< order of the channels; else RGB
  bool letterbox = false; ///< keep the aspect, top left; else stretch
  int multiple = 1;       ///< sides that the network takes are multiples of it
  int max_batch = 0;      ///< images a call; 0 = any number
  std::array<float, 3> mean{0, 0, 0}, std{1, 1, 1}; ///< (v - mean) / std
  std::array<float, 3> pad{0, 0, 0};                ///< colour of the border
  /// Mean grey level of the pictures that the network was trained on; those
  /// of cameras are brought to it. 0 = not known: they stay as they are.
  float light = 0;
};

struct card_output {
  output_decoder decoder = output_decoder::none;
  int classes = 0;
  decode_limits limits;
  std::vector<prior_level> priors; ///< of an SSD
  int feature = -1;                ///< which output holds features; -1 = none
  int probability = -1;            ///< which holds class probabilities
};

/// Everything that the platform has to know of a model: a small INI file
/// beside the weights (DESIGN.md, section 5).
struct model_card {
  std::string name;
  int version = 1;
  model_task task = model_task::detect;
  model_engine engine = model_engine::torch;
  architecture built_as = architecture::torchscript;
  number_type type = number_type::fp32; ///< chosen by measurement
  std::string licence, source, about;
  int depth = 50;        ///< of a ResNet
  double epsilon = 1e-5; ///< added to the variances of batch normalisation
  darknet_program made_by = darknet_program::by_file; ///< darknet weights
  int anchor = 32;      ///< side of Faster R-CNN's smallest anchor, pixels
  int proposals = 1000; ///< places that its second stage looks at
  int scale = 2;        ///< of a super-resolution network
  card_input input;
  card_output output;
  region_filter_config regions; ///< calibrated for this detector
  /// As many as classes: "class_0" and so on where the card names none.
  std::vector<std::string> labels;
  std::vector<card_file> files;

  const card_file* file(std::string_view role) const;

  /// The name of class `i`, whatever number that is.
  std::string label(int32_t i) const;
};

/// Reads a card and checks it whole: unknown sections and keys, types, ranges,
/// and what does not go together.
/// @param where its path, for the error
/// @param labels the names that `labels = FILE` stands for, one a line, or none
/// @returns ec::bad_config with file, key, value and what is allowed
caf::expected<model_card> parse_card(std::string_view text,
                                     const std::string& where,
                                     const std::string* labels = nullptr);

/// Reads a card and the file of labels beside it.
caf::expected<model_card> read_card(const std::string& path);

/// Renders a card as an INI text that `parse_card` reads back; labels are
/// written out. What an INI line cannot hold is replaced: blanks in a label by
/// `_`, control characters and bytes that are no UTF-8 by `?`.
std::string to_ini(const model_card& x);

} // namespace vpaas
