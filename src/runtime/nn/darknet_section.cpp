#include "runtime/nn/darknet_section.hpp"

#include "runtime/fields.hpp"

namespace vpaas {

namespace {

/// A key that changes what a layer computes, and the values that leave it as it
/// is built here.
struct other_arithmetic {
  const char *layer, *key;
  double same;
};

constexpr other_arithmetic others[] = {
  {"convolutional", "xnor", 0},
  {"convolutional", "binary", 0},
  {"convolutional", "bin_output", 0},
  {"convolutional", "flipped", 0},
  {"convolutional", "antialiasing", 0},
  {"convolutional", "share_index", -1000000000},
  {"convolutional", "coordconv", 0},
  {"convolutional", "sway", 0},
  {"convolutional", "rotate", 0},
  {"convolutional", "stretch", 0},
  {"convolutional", "stretch_sway", 0},
  {"maxpool", "maxpool_depth", 0},
  {"maxpool", "antialiasing", 0},
  {"upsample", "scale", 1},
  {"shortcut", "alpha", 1},
  {"shortcut", "beta", 1},
  {"scale_channels", "scale_wh", 0},
  {"yolo", "from", -1}, // ASFF: a head of several layers
};

/// Keys of every layer that change which numbers of the weights it takes.
constexpr const char* other_weights[] = {"dontload", "dontloadscales",
                                         "numload"};

/// Other names of sections: short ones, and those of forks for the same.
constexpr const char* aliases[][2] = {
  {"conv", "convolutional"},
  {"max", "maxpool"},
  {"avg", "avgpool"},
  {"yolo4", "yolo"},
};

/// Layers that are not built here, but by OpenCV.
constexpr const char* built_by_opencv[] = {"connected", "cost", "region",
                                           "reorg", "softmax"};

std::string known_activations() {
  std::string result;
  for (auto name : names_of(activation{}))
    result += (result.empty() ? "" : ", ") + std::string{name};
  return result;
}

/// Darknet reads a number as far as it goes: a remark may follow at once.
std::string_view without_remark(const std::string& x) {
  return std::string_view{x}.substr(0, x.find('#'));
}

[[noreturn]] void refuse(const ini_section::entry& x) {
  throw unbuildable(x.line, x.key + " = " + x.value + " is not built",
                    "try engine = opencv and look at its boxes: it may pass "
                    "over the key");
}

} // namespace

std::string darknet_section::name() const {
  for (auto& [alias, name] : aliases)
    if (section_.name == alias)
      return name;
  return section_.name;
}

int darknet_section::integer(const char* key, int fallback, int min,
                             int max) const {
  auto x = section_.first(key);
  if (x == nullptr)
    return fallback;
  int value = 0;
  if (!to_number(without_remark(x->value), value) || value < min || value > max)
    throw unbuildable(x->line, std::string(key) + " = " + x->value,
                      "allowed: " + std::to_string(min) + " to "
                        + std::to_string(max));
  return value;
}

std::vector<double> darknet_section::numbers(const char* key) const {
  std::vector<double> result;
  auto x = section_.first(key);
  if (x == nullptr)
    return result;
  for (auto& word : words(without_remark(x->value))) {
    double value = 0;
    if (!to_number(word, value))
      throw unbuildable(x->line, std::string(key) + " has \"" + word
                                   + "\", which is no number");
    result.push_back(value);
  }
  return result;
}

activation darknet_section::then(activation fallback) const {
  auto x = section_.first("activation");
  auto result = fallback;
  if (x == nullptr || from_string(x->value, result))
    return result;
  if (x->value == "silu") // PyTorch's word for it
    return activation::swish;
  throw unbuildable(x->line, "unknown activation \"" + x->value + "\"",
                    "no engine builds it; take a network with "
                      + known_activations());
}

void darknet_section::refuse_others() const {
  auto layer = name();
  for (auto& x : others)
    if (auto entry = section_.first(x.key); layer == x.layer && entry) {
      double value = 0;
      if (!to_number(entry->value, value) || value != x.same)
        refuse(*entry);
    }
  for (auto key : other_weights)
    if (auto entry = section_.first(key); entry && flag(key))
      refuse(*entry);
  if (auto entry = section_.first("dilation");
      entry && integer("dilation", 1, 1, 31) != 1
      && integer("size", 1, 1, 31) != 1) // darknet: of one place, none
    refuse(*entry);
  for (auto key : {"stride_x", "stride_y"})
    if (auto entry = section_.first(key);
        entry && integer(key, 1, -1, 64) != integer("stride", 1, -1, 64))
      refuse(*entry);
  for (auto key : {"weights_type", "weights_normalization"})
    if (auto entry = section_.first(key); entry && entry->value != "none")
      refuse(*entry);
}

void darknet_section::refuse_type() const {
  for (auto x : built_by_opencv)
    if (section_.name == x)
      throw unbuildable(line(),
                        "layers of type [" + section_.name + "] are not built",
                        "try engine = opencv");
  throw unbuildable(line(),
                    "layers of type [" + section_.name
                      + "] are not built, by OpenCV neither",
                    "take a network with [yolo] heads and without them");
}

} // namespace vpaas
