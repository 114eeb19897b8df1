// vpaas model import: makes a model of files that a user brings.

#include "runtime/error.hpp"
#include "runtime/nn/import.hpp"
#include "runtime/nn/zoo.hpp"
#include "verbs.hpp"

#include <caf/make_message.hpp>

#include <filesystem>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas model import FILE... [--name=NAME] [--like=NAME] "
    "[--replace]\n\n"
    "Makes a card for the files of one model, keeps both in "
    "~/.cache/vpaas/models,\nand loads the network once before it says so. A "
    "darknet network is a .cfg and\nits .weights; a state dictionary (.pth, "
    ".safetensors) of torchvision's ResNet,\nMobileNetV2 or Faster R-CNN is "
    "known by its tensors; .onnx and .pt files need\n--like.\n\n"
    "  --name=NAME          of the new model (the last file's name)\n"
    "  --like=NAME          a card to take everything but the files from\n"
    "  --replace            also where there is a model of that name\n"
    "  --zoo.path=DIR:DIR   folders that are searched first\n";

struct request {
  std::vector<std::string> files;
  std::string name, like, zoo_path;
  bool replace = false;
};

caf::expected<request> read_request(command_line& line) {
  request x;
  x.files = line.words();
  x.like = line.take("like", "");
  x.zoo_path = line.take("zoo.path", "");
  x.replace = line.take_flag("replace");
  x.name = line.take("name", "");
  if (auto err = line.finish())
    return err;
  if (x.files.empty())
    return caf::make_error(ec::bad_config,
                           "name the files to import; see vpaas "
                           "model import --help");
  if (x.name.empty())
    x.name = std::filesystem::path{x.files.back()}.stem().string();
  return x;
}

caf::expected<std::string> import_model(const request& x) {
  auto models = default_zoo(x.zoo_path);
  auto known = models.cards();
  if (auto i = known.find(x.name); i != known.end() && !x.replace)
    return caf::make_error(ec::bad_config,
                           "failed to import " + x.name + ": " + i->second
                             + " is a model of that name; choose another with "
                               "--name=NAME, or replace it with --replace");
  caf::expected<model_card> pattern = model_card{};
  if (!x.like.empty())
    pattern = models.card(x.like);
  if (!pattern)
    return pattern.error();
  auto card = describe_files(x.files, x.name,
                             x.like.empty() ? nullptr : &*pattern);
  if (!card)
    return card.error();
  return install_model(*card, x.files, model_cache_folder());
}

} // namespace

int model_import_verb(command_line line) {
  constexpr const char* program = "vpaas model import";
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto x = read_request(line);
  if (!x)
    return complain(program, x.error());
  auto path = import_model(*x);
  if (!path)
    return complain(program, path.error());
  std::cout << "wrote " << *path << '\n';
  return 0;
}

} // namespace vpaas
