#include "runtime/error.hpp"
#include "runtime/nn/backbone.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/import.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/private_folder.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

/// Files that were made and go again unless all is well.
class made_files {
public:
  ~made_files() {
    std::error_code ignored;
    for (auto& path : paths_)
      fs::remove(path, ignored);
  }

  void add(std::string path) {
    paths_.push_back(std::move(path));
  }

  void keep() {
    paths_.clear();
  }

private:
  std::vector<std::string> paths_;
};

caf::error io(const std::string& path, const std::error_code& cause) {
  return caf::make_error(ec::io, "failed to write " + path + ": "
                                   + cause.message() + "; check the disk");
}

/// Copies a file to where its hash is its name.
caf::error keep_file(const std::string& from, const card_file& file,
                     const fs::path& folder, made_files& made) {
  auto path = (folder / file.sha256).string();
  if (matches(path, file))
    return caf::none;
  auto partial = path + ".part";
  made.add(partial);
  std::error_code failed;
  fs::copy_file(from, partial, fs::copy_options::overwrite_existing, failed);
  if (failed)
    return io(partial, failed);
  if (!matches(partial, file))
    return caf::make_error(ec::io, "failed to copy " + from
                                     + ": it changed meanwhile; import it "
                                       "again");
  made.add(path);
  fs::rename(partial, path, failed);
  return failed ? io(path, failed) : caf::error{};
}

/// Whether the card means what was meant, once it is text.
caf::error check_card(const model_card& meant, const std::string& path) {
  auto read = read_card(path);
  if (!read)
    return read.error();
  if (to_ini(*read) != to_ini(meant))
    return caf::make_error(
      ec::bad_config, "failed to write a card for " + meant.name
                        + ": it does not read back as it was meant; choose "
                          "plainer names");
  return caf::none;
}

/// An error names the files that the user named, not the copies of them.
caf::error about_originals(const caf::error& x, const model_card& card,
                           const std::vector<std::string>& paths,
                           const std::string& folder) {
  auto text = cause_of(x);
  for (size_t i = 0; i < paths.size(); ++i)
    for (auto& name : {card.files[i].sha256, card.files[i].name}) {
      auto copy = (fs::path{folder} / name).string();
      if (auto at = text.find(copy); !name.empty() && at != text.npos)
        text.replace(at, copy.size(), paths[i]);
    }
  return caf::make_error(static_cast<ec>(x.code()), text);
}

} // namespace

caf::error try_model(const located_model& model) {
  input_batch grey;
  auto& in = model.card.input;
  grey.resize(1, in.height, in.width);
  for (size_t i = 0; i < grey.values.size(); ++i)
    grey.values[i] = (128 - in.mean[i % 3]) / in.std[i % 3];
  grey.content = {{0, 0, float(in.width), float(in.height)}};
  if (model.card.task == model_task::detect) {
    auto x = detection_model::load(model, {});
    if (!x)
      return x.error();
    auto found = x->detect(grey);
    return found ? caf::error{} : found.error();
  }
  if (model.card.output.feature < 0) {
    auto x = load_network(model, {});
    return x ? caf::error{} : x.error();
  }
  auto x = backbone::load(model, {});
  if (!x)
    return x.error();
  auto found = x->run(grey);
  if (!found)
    return found.error();
  auto classes = size_t(model.card.output.classes);
  if (model.card.output.probability >= 0 && found->classes != classes)
    return caf::make_error(ec::bad_input,
                           "failed to run model " + model.card.name
                             + ": it has " + std::to_string(found->classes)
                             + " classes, its card " + std::to_string(classes)
                             + "; name a card of the same kind");
  return caf::none;
}

caf::expected<std::string> install_model(const model_card& card,
                                         const std::vector<std::string>& paths,
                                         const std::string& folder) {
  if (auto code = make_private_folder(folder))
    return io(folder, {code, std::generic_category()});
  made_files made;
  for (size_t i = 0; i < paths.size(); ++i)
    if (auto e = keep_file(paths[i], card.files[i], folder, made))
      return e;
  auto path = (fs::path{folder} / (card.name + ".ini")).string();
  auto partial = path + ".part";
  made.add(partial);
  std::ofstream out{partial, std::ios::binary};
  out << to_ini(card);
  out.close();
  if (!out)
    return io(partial, std::make_error_code(std::errc::io_error));
  if (auto e = check_card(card, partial))
    return e;
  auto located = zoo{{folder}, {folder}}.locate(card);
  if (!located)
    return located.error();
  if (auto e = try_model(*located))
    return about_originals(e, card, paths, folder);
  std::error_code failed;
  fs::rename(partial, path, failed);
  if (failed)
    return io(path, failed);
  made.keep();
  return path;
}

} // namespace vpaas
