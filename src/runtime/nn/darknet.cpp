#include "runtime/nn/darknet.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/darknet_section.hpp"

#include <caf/make_message.hpp>

#include <algorithm>

namespace vpaas {

namespace {

using kind = darknet_layer::kind;

// No published network comes near these; a hostile file is stopped by them.
constexpr int most_layers = 2000;
constexpr int most_channels = 65536;
constexpr int most_pixels = 16384; // a side
constexpr uint64_t most_weights = uint64_t{1} << 30;

class builder {
public:
  builder(const ini_section& net, int width, int height) {
    darknet_section in{net};
    out_.channels = in.integer("channels", 3, 1, 16);
    out_.width = width > 0 ? width : in.integer("width", 416, 1, most_pixels);
    out_.height = height > 0 ? height
                             : in.integer("height", 416, 1, most_pixels);
  }

  void add(const ini_section& section) {
    darknet_section in{section};
    darknet_layer x;
    x.line = in.line();
    if (out_.layers.size() >= size_t(most_layers))
      throw unbuildable(x.line, "more than 2000 layers");
    inherit(x);
    in.refuse_others();
    build(x, in);
    if (x.channels < 1 || x.channels > most_channels || x.height < 1
        || x.height > most_pixels || x.width < 1 || x.width > most_pixels)
      throw unbuildable(x.line, "its output has no usable size");
    out_.layers.push_back(std::move(x));
    if (out_.weights() > most_weights)
      throw unbuildable(in.line(), "more than 2^30 weights up to here");
  }

  darknet_network finish() {
    if (out_.heads().empty())
      throw unbuildable(1, "no [yolo] layer in it", "give a detector");
    return std::move(out_);
  }

private:
  void build(darknet_layer& x, const darknet_section& in) const {
    auto name = in.name();
    if (name == "convolutional")
      convolutional(x, in);
    else if (name == "shortcut")
      shortcut(x, in);
    else if (name == "route")
      route(x, in);
    else if (name == "upsample")
      upsample(x, in);
    else if (name == "maxpool")
      maxpool(x, in);
    else if (name == "avgpool")
      avgpool(x);
    else if (name == "scale_channels")
      scale_channels(x, in);
    else if (name == "sam")
      sam(x, in);
    else if (name == "yolo")
      yolo(x, in);
    else if (name != "dropout")
      in.refuse_type();
  }

  void inherit(darknet_layer& x) const {
    if (out_.layers.empty()) {
      x.channels = out_.channels;
      x.height = out_.height;
      x.width = out_.width;
    } else {
      auto& last = out_.layers.back();
      x.channels = last.channels;
      x.height = last.height;
      x.width = last.width;
    }
  }

  /// Darknet counts back from the layer where the index is negative.
  int resolve(double index, int line) const {
    auto n = int(out_.layers.size());
    auto result = index < 0 ? n + int(std::max(index, -1e6))
                            : int(std::min(index, 1e6));
    if (result < 0 || result >= n)
      throw unbuildable(line,
                        "there is no layer "
                          + std::to_string(int(std::clamp(index, -1e6, 1e6)))
                          + " before it");
    return result;
  }

  /// How often a kernel or window fits into a padded side.
  static int places(const darknet_layer& x, int side) {
    return side < x.size ? 0 : (side - x.size) / x.stride + 1;
  }

  static void convolutional(darknet_layer& x, const darknet_section& in) {
    x.is = kind::convolutional;
    x.inputs = x.channels;
    x.size = in.integer("size", 1, 1, 31);
    x.stride = in.integer("stride", 1, 1, 32);
    x.padding = in.flag("pad") ? x.size / 2 : in.integer("padding", 0, 0, 31);
    x.groups = in.integer("groups", 1, 1, most_channels);
    x.batch_normalize = in.flag("batch_normalize") || in.flag("cbn");
    x.then = in.then(activation::logistic); // darknet's own default
    x.channels = in.integer("filters", 1, 1, most_channels);
    if (x.inputs % x.groups != 0 || x.channels % x.groups != 0)
      throw unbuildable(x.line, "channels are no multiple of its groups");
    x.height = places(x, x.height + 2 * x.padding);
    x.width = places(x, x.width + 2 * x.padding);
  }

  void shortcut(darknet_layer& x, const darknet_section& in) const {
    x.is = kind::shortcut;
    x.then = in.then(activation::linear);
    for (auto index : in.numbers("from"))
      x.from.push_back(resolve(index, x.line));
    if (x.from.empty() || x.from.size() > 64)
      throw unbuildable(x.line,
                        "a shortcut needs at least one layer in from =");
    auto fits = [](int a, int b) { return std::max(a, b) % std::min(a, b); };
    for (auto i : x.from) {
      auto& other = out_.layers[size_t(i)];
      auto steps = [](int a, int b) { return std::max(a / b, b / a); };
      if (fits(other.width, x.width) != 0 || fits(other.height, x.height) != 0
          || steps(other.width, x.width) != steps(other.height, x.height)
          || (other.width < x.width) != (other.height < x.height))
        throw unbuildable(x.line, "a shortcut between sizes that are no whole "
                                  "multiple of each other");
    }
  }

  /// The one earlier layer that `from` names.
  const darknet_layer& other_of(darknet_layer& x,
                                const darknet_section& in) const {
    x.then = in.then(activation::linear);
    for (auto index : in.numbers("from"))
      x.from.push_back(resolve(index, x.line));
    if (x.from.size() != 1)
      throw unbuildable(x.line, "it needs one layer in from =");
    return out_.layers[size_t(x.from[0])];
  }

  static void avgpool(darknet_layer& x) {
    x.is = kind::avgpool;
    x.height = x.width = 1;
  }

  void scale_channels(darknet_layer& x, const darknet_section& in) const {
    x.is = kind::scale_channels;
    auto& other = other_of(x, in);
    if (x.width != 1 || x.height != 1 || x.channels != other.channels)
      throw unbuildable(x.line, "the layer before it is not one number for "
                                "each of the "
                                  + std::to_string(other.channels)
                                  + " channels");
    x.width = other.width;
    x.height = other.height;
  }

  void sam(darknet_layer& x, const darknet_section& in) const {
    x.is = kind::sam;
    auto& other = other_of(x, in);
    if (x.width != other.width || x.height != other.height
        || x.channels != other.channels)
      throw unbuildable(x.line, "it multiplies layers of different shapes");
  }

  void route(darknet_layer& x, const darknet_section& in) const {
    x.is = kind::route;
    for (auto index : in.numbers("layers"))
      x.from.push_back(resolve(index, x.line));
    if (x.from.empty() || x.from.size() > 64)
      throw unbuildable(x.line, "a route needs 1 to 64 layers");
    x.groups = in.integer("groups", 1, 1, most_channels);
    x.group_id = in.integer("group_id", 0, 0, x.groups - 1);
    auto& first = out_.layers[size_t(x.from[0])];
    x.height = first.height;
    x.width = first.width;
    x.channels = 0;
    for (auto i : x.from) {
      auto& other = out_.layers[size_t(i)];
      if (other.height != x.height || other.width != x.width)
        throw unbuildable(x.line, "a route over layers of different sizes",
                          "try a width and height that 32, 64 or 128 divide");
      if (other.channels % x.groups != 0)
        throw unbuildable(x.line, "channels are no multiple of its groups");
      x.channels += other.channels / x.groups;
    }
  }

  static void upsample(darknet_layer& x, const darknet_section& in) {
    x.is = kind::upsample;
    x.stride = in.integer("stride", 2, 1, 32);
    x.height *= x.stride;
    x.width *= x.stride;
  }

  static void maxpool(darknet_layer& x, const darknet_section& in) {
    x.is = kind::maxpool;
    x.stride = in.integer("stride", 1, 1, 32);
    x.size = in.integer("size", x.stride, 1, 64);
    x.padding = in.integer("padding", x.size - 1, 0, x.size - 1);
    x.height = places(x, x.height + x.padding);
    x.width = places(x, x.width + x.padding);
  }

  static void yolo(darknet_layer& x, const darknet_section& in) {
    x.is = kind::yolo;
    x.classes = in.integer("classes", 20, 1, 10000);
    auto scale = in.numbers("scale_x_y");
    if (!scale.empty())
      x.scale_xy = float(scale[0]);
    x.new_coords = in.flag("new_coords");
    auto anchors = in.numbers("anchors");
    auto mask = in.numbers("mask");
    if (mask.empty()) // then the head has all of them
      for (size_t i = 0; i < anchors.size() / 2; ++i)
        mask.push_back(double(i));
    for (auto i : mask) {
      if (!(i >= 0 && i * 2 + 1 < double(anchors.size())) || mask.size() > 64)
        throw unbuildable(x.line, "mask names an anchor that is not there");
      x.anchors.push_back(
        {float(anchors[size_t(i) * 2]), float(anchors[size_t(i) * 2 + 1])});
    }
    if (x.channels != int(x.anchors.size()) * (5 + x.classes))
      throw unbuildable(
        x.line, "the layer before it has " + std::to_string(x.channels)
                  + " channels; anchors x (5 + classes) is "
                  + std::to_string(x.anchors.size() * size_t(5 + x.classes)));
  }

  darknet_network out_;
};

} // namespace

uint64_t darknet_layer::weights() const {
  if (is != kind::convolutional)
    return 0;
  auto kernel = uint64_t(inputs / groups) * uint64_t(size) * uint64_t(size);
  return uint64_t(channels) * (kernel + (batch_normalize ? 4u : 1u));
}

uint64_t darknet_network::weights() const {
  uint64_t result = 0;
  for (auto& x : layers)
    result += x.weights();
  return result;
}

std::vector<yolo_head> darknet_network::heads() const {
  std::vector<yolo_head> result;
  for (auto& x : layers)
    if (x.is == kind::yolo)
      result.push_back({x.width, x.height, width, height, x.anchors,
                        size_t(x.classes), x.scale_xy, x.new_coords});
  return result;
}

caf::expected<darknet_network> parse_darknet(std::string_view text,
                                             const std::string& where,
                                             int width, int height) {
  auto failed = [&](const std::string& cause) {
    return caf::make_error(ec::bad_input,
                           "failed to read network " + where + ": " + cause);
  };
  const std::string remedy = "; give a darknet .cfg file";
  auto ini = parse_ini(text);
  if (ini.bad_line != 0)
    return failed("line " + std::to_string(ini.bad_line)
                  + " is neither [section] nor key = value" + remedy);
  if (ini.sections.empty()
      || (ini.sections[0].name != "net" && ini.sections[0].name != "network"))
    return failed("it does not start with [net]" + remedy);
  try {
    builder result{ini.sections[0], width, height};
    for (size_t i = 1; i < ini.sections.size(); ++i)
      result.add(ini.sections[i]);
    return result.finish();
  } catch (const unbuildable& x) {
    return failed(x.what());
  }
}

} // namespace vpaas
