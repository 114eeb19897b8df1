#include "registered_model.hpp"

#include "actors/functions/user_function.hpp"
#include "command_line.hpp"
#include "runtime/error.hpp"
#include "runtime/nn/card.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/sha256.hpp"
#include "verbs.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

caf::expected<registered_file> describe(const std::string& path,
                                        const std::string& role) {
  auto hash = sha256_of_file(path);
  if (!hash)
    return std::move(hash.error());
  std::error_code ignored;
  return registered_file{{role, fs::path{path}.filename().string(), *hash,
                          fs::file_size(path, ignored)},
                         path};
}

/// The card of a model says where its files can be had; here they come along,
/// under their whole hashes.
caf::expected<registered_model> with_files(model_card card, const zoo& models,
                                           const std::string& name) {
  registered_model result;
  for (auto& file : card.files) {
    auto path = models.find(file);
    if (!path)
      return std::move(path.error());
    auto x = describe(*path, file.role);
    if (!x)
      return std::move(x.error());
    x->what.name = file.name;
    file.sha256 = x->what.sha256;
    file.bytes = x->what.bytes;
    result.what.files.push_back(x->what);
    result.files.push_back(std::move(*x));
  }
  card.name = name;
  card.version = 1; // the registry counts them
  result.what.kind = artifact_kind::model;
  result.what.name = name;
  result.what.content = to_ini(card);
  return result;
}

} // namespace

caf::expected<registered_model> model_of_zoo(const std::string& name,
                                             const std::string& zoo_path) {
  auto models = default_zoo(zoo_path);
  auto card = models.card(name);
  if (!card)
    return std::move(card.error());
  return with_files(std::move(*card), models, name);
}

caf::expected<registered_model>
model_of_files(const std::string& name, const std::vector<std::string>& paths,
               const std::string& like) {
  if (paths.size() == 1 && fs::path{paths[0]}.extension() == ".json") {
    auto x = describe(paths[0], "heads");
    if (!x)
      return std::move(x.error());
    registered_model result;
    result.what.kind = artifact_kind::heads;
    result.what.name = name;
    result.what.files = {x->what};
    result.files = {std::move(*x)};
    return result;
  }
  std::vector<std::string> command{"import", "--replace", "--name=" + name};
  if (!like.empty())
    command.push_back("--like=" + like);
  command.insert(command.end(), paths.begin(), paths.end());
  if (auto err = await_networks("model", command))
    return err;
  return model_of_zoo(name, "");
}

caf::expected<registered_model> function_of_file(const std::string& path) {
  auto x = describe(path, "library");
  if (!x)
    return std::move(x.error());
  registered_model result;
  result.what.kind = artifact_kind::function;
  result.what.name = fs::path{path}.stem().string();
  if (fs::path{path}.extension() != ".so") {
    std::ifstream in{path, std::ios::binary};
    result.what.content.assign(std::istreambuf_iterator<char>{in}, {});
    return result;
  }
  auto spec = user_function_spec(fs::absolute(path).string());
  if (!spec)
    return std::move(spec.error());
  result.what.name = spec->name;
  result.what.content = as_text(to_json_value(*spec));
  result.what.files = {x->what};
  result.files = {std::move(*x)};
  return result;
}

caf::expected<blob> read_registered(const registered_file& x) {
  std::ifstream in{x.path, std::ios::binary};
  blob::buffer bytes{std::istreambuf_iterator<char>{in}, {}};
  if (!in.bad() && bytes.size() == x.what.bytes)
    return blob{std::move(bytes)};
  return caf::make_error(ec::io, "failed to read " + x.path
                                   + ": it changed meanwhile; register it "
                                     "again");
}

bool is_detector(const std::string& card) {
  auto x = parse_card(card, "card");
  return x && x->task == model_task::detect;
}

} // namespace vpaas
