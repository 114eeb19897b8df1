#include "runtime/nn/card_keys.hpp"

#include "runtime/nn/card.hpp"

namespace vpaas {

namespace {

template <class E>
parameter_spec choice_of(std::string name, E, std::string help) {
  std::vector<std::string> all;
  for (auto x : names_of(E{}))
    all.emplace_back(x);
  return choice(std::move(name), std::move(all), std::move(help));
}

} // namespace

parameter_specs model_specs() {
  return {
    required(text("name", "", "how it is called")),
    integer("version", 1, 1, 1e6, "counts up with every change of the files"),
    required(choice_of("task", model_task{}, "what it does")),
    choice_of("engine", model_engine{}, "what runs it"),
    required(choice_of("architecture", architecture{}, "what the files are")),
    choice_of("type", number_type{}, "what it computes with"),
    required(text("licence", "", "of the weights")),
    required(text("source", "", "where they come from")),
    text("about", "", "what else to know"),
    integer("depth", 50, 18, 1000, "layers of a ResNet"),
    number("epsilon", 1e-5, 0, 1, "added to variances of normalisation"),
    choice_of("made_by", darknet_program{}, "program of darknet weights"),
    integer("anchor", 32, 1, 1024, "side of Faster R-CNN's smallest anchor"),
    integer("proposals", 1000, 1, 10000, "that its second stage looks at"),
    integer("scale", 2, 2, 4, "of a super-resolution network"),
  };
}

parameter_specs input_specs() {
  return {
    required(integer("width", 0, 1, 16384, "pixels")),
    required(integer("height", 0, 1, 16384, "pixels")),
    choice("order", {"rgb", "bgr"}, "of the channels"),
    choice("fit", {"stretch", "letterbox"}, "of a frame of another aspect"),
    integer("multiple", 1, 1, 512, "of the sides that the network takes"),
    integer("max_batch", 0, 0, 4096, "images a call; 0 = any number"),
    texts("mean", "subtracted from values of 0 to 255"),
    texts("std", "then divided by"),
    texts("pad", "colour beside a letterboxed frame, 0 to 255"),
    number("light", 0, 0, 255, "mean grey of training pictures; 0 = any"),
  };
}

parameter_specs output_specs() {
  return {
    choice_of("decoder", output_decoder{}, "from numbers to boxes"),
    integer("classes", 0, 0, 100000,
            "of the network, background included "
            "where its labels include it"),
    text("labels", "", "file beside the card, one name a line"),
    texts("names", "or the names themselves"),
    number("score", .05, 0, 1, "boxes named at least so surely leave"),
    number("nms", .5, 0, 1, "IoU above which one of a label goes"),
    integer("max_boxes", 300, 1, 100000, "a frame"),
    integer("feature", -1, -1, 16, "output that holds features"),
    integer("probability", -1, -1, 16, "output that holds probabilities"),
  };
}

parameter_specs region_specs() {
  region_filter_config defaults;
  parameter_specs result;
  for_each_field(defaults, [&](const char* name, float value) {
    result.push_back(number(name, double(value), 0, 1, "IV-B"));
  });
  return result;
}

parameter_specs prior_specs() {
  return {texts("widths", "pixels"), texts("heights", "pixels")};
}

parameter_specs file_specs() {
  return {
    required(text("name", "", "under which it is kept")),
    required(text("sha256", "", "64 digits, 8 and more of them, or any")),
    size("bytes", "0", 0, 1e12, "0 = not known"),
    text("url", "", "where it can be pulled from"),
  };
}

} // namespace vpaas
