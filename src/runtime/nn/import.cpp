#include "runtime/nn/import.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/darknet.hpp"
#include "runtime/nn/weights.hpp"
#include "runtime/sha256.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

caf::error unknown(const std::string& path, const std::string& cause) {
  return caf::make_error(ec::bad_input, "failed to import " + path + ": "
                                          + cause
                                          + "; name a card of the same kind "
                                            "with --like=NAME");
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

/// A file's name as a card can hold it.
std::string plain_name(std::string name) {
  std::replace_if(
    name.begin(), name.end(), [](char c) { return !is_plain(c); }, '_');
  return name;
}

caf::expected<card_file> describe_file(const std::string& path) {
  auto hash = sha256_of_file(path);
  if (!hash)
    return hash.error();
  card_file result;
  result.role = fs::path{path}.extension() == ".cfg" ? "config" : "weights";
  result.name = plain_name(fs::path{path}.filename().string());
  result.sha256 = *hash;
  std::error_code ignored;
  result.bytes = fs::file_size(path, ignored);
  return result;
}

/// Layers of the ResNet whose tensors start with `prefix`; 0 where it is none.
int depth_of(const weight_map& xs, const std::string& prefix) {
  int result = 2;
  for (int stage = 1; stage <= 4; ++stage)
    for (int i = 0;; ++i) {
      auto unit = prefix + "layer" + std::to_string(stage) + "."
                  + std::to_string(i);
      if (xs.count(unit + ".conv1.weight") == 0)
        break;
      result += xs.count(unit + ".conv3.weight") != 0 ? 3 : 2;
    }
  return result > 2 ? result : 0;
}

/// Rows of a matrix: the classes of a last layer.
int rows_of(const weight_map& xs, const std::string& name) {
  auto i = xs.find(name);
  return i == xs.end() || i->second.shape.empty() ? 0 : int(i->second.shape[0]);
}

/// torchvision's way from a picture to its networks.
card_input torchvision_input(int width, int height) {
  card_input result;
  result.width = width;
  result.height = height;
  result.mean = {123.675f, 116.28f, 103.53f};
  result.std = {58.395f, 57.12f, 57.375f};
  return result;
}

void describe_classifier(model_card& card, architecture what, int classes) {
  card.task = model_task::classify;
  card.built_as = what;
  card.input = torchvision_input(224, 224);
  card.output.classes = classes;
  card.output.probability = 0;
  card.output.feature = 1;
}

caf::error describe_state(model_card& card, const std::string& path) {
  auto xs = read_weights(path);
  if (!xs)
    return xs.error();
  if (auto n = rows_of(*xs, "roi_heads.box_predictor.cls_score.weight")) {
    card.built_as = architecture::faster_rcnn;
    card.depth = depth_of(*xs, "backbone.body.");
    if (card.depth == 0)
      return unknown(path, "its backbone is no ResNet");
    card.input = torchvision_input(1024, 576);
    card.input.letterbox = true;
    card.input.multiple = 32;
    card.input.pad = card.input.mean;
    card.output.decoder = output_decoder::rcnn;
    card.output.classes = n;
    card.output.limits.max_boxes = 100;
  } else if (xs->count("features.18.0.weight") != 0) {
    describe_classifier(card, architecture::mobilenet_v2,
                        rows_of(*xs, "classifier.1.weight"));
  } else if (auto depth = depth_of(*xs, ""); depth > 0) {
    describe_classifier(card, architecture::resnet, rows_of(*xs, "fc.weight"));
    card.depth = depth;
  } else {
    return unknown(path, "its tensors are of no network that is known");
  }
  return caf::none;
}

caf::error describe_darknet(model_card& card, const std::string& config) {
  auto text = read_file(config);
  if (!text)
    return text.error();
  auto net = parse_darknet(*text, config);
  if (!net)
    return net.error();
  card.built_as = architecture::darknet;
  card.input.width = net->width;
  card.input.height = net->height;
  card.input.multiple = std::gcd(32, std::gcd(net->width, net->height));
  card.input.std = {255, 255, 255};
  card.output.decoder = output_decoder::yolo;
  card.output.classes = int(net->heads().front().classes);
  card.output.limits.nms = .45f;
  return caf::none;
}

/// The card as it is once it has been read: every class has a name.
model_card named(model_card x) {
  if (x.labels.empty())
    for (int i = 0; i < x.output.classes; ++i)
      x.labels.push_back(x.label(i));
  return x;
}

} // namespace

bool is_model_name(const std::string& name) {
  auto first = name.empty() ? '.' : name.front();
  return std::all_of(name.begin(), name.end(), is_plain) && first != '.'
         && first != '_' && first != '-' && name.size() <= 100;
}

caf::expected<model_card> describe_files(const std::vector<std::string>& paths,
                                         const std::string& name,
                                         const model_card* like) {
  auto failed = [&](const std::string& cause) {
    return caf::make_error(ec::bad_config,
                           "failed to import " + name + ": " + cause);
  };
  if (!is_model_name(name))
    return failed("a name is letters, digits, '.', '_' and '-'; choose one "
                  "with --name=NAME");
  model_card card;
  if (like != nullptr)
    card = *like;
  card.name = name;
  card.files.clear();
  std::string weights, config;
  for (auto& path : paths) {
    auto file = describe_file(path);
    if (!file)
      return file.error();
    auto& place = file->role == "config" ? config : weights;
    if (!place.empty())
      return failed("two files for " + file->role + ", " + place + " and "
                    + path + "; import one model at a time");
    place = path;
    card.files.push_back(std::move(*file));
  }
  if (weights.empty())
    return failed("no file of weights is named; add it");
  if (like != nullptr)
    return named(std::move(card));
  card.licence = "unknown";
  card.source = "imported from " + weights;
  auto extension = fs::path{weights}.extension();
  if (config.empty() && extension == ".weights")
    return failed("a .weights file says nothing of its network; name its .cfg "
                  "as well");
  caf::error problem;
  if (!config.empty())
    problem = describe_darknet(card, config);
  else if (extension == ".onnx" || extension == ".pt")
    problem = unknown(weights, "the file does not say what its input is");
  else
    problem = describe_state(card, weights);
  if (problem)
    return problem;
  return named(std::move(card));
}

} // namespace vpaas
