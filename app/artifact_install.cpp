#include "artifact_install.hpp"

#include "registered_library.hpp"
#include "runtime/error.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/import.hpp"
#include "runtime/nn/zoo.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

caf::error write(const fs::path& path, const std::string& text) {
  auto part = path.string() + ".part";
  std::ofstream out{part, std::ios::binary};
  out << text;
  out.close();
  std::error_code failed;
  if (out)
    fs::rename(part, path, failed);
  if (out && !failed)
    return caf::none;
  return caf::make_error(ec::io, "failed to write " + path.string()
                                   + "; look at its disk");
}

caf::error install_model(const artifact& x, const zoo& models,
                         const fs::path& path) {
  auto card = parse_card(x.content, x.reference());
  if (!card)
    return std::move(card.error());
  card->name = x.name;
  card->version = int(x.version);
  if (auto err = write(path, to_ini(*card)))
    return err;
  auto located = models.locate(x.reference());
  return located ? try_model(*located) : std::move(located.error());
}

caf::error install_heads(const artifact& x, const zoo& models,
                         const std::string& folder, const fs::path& path) {
  std::ifstream in{fs::path{folder} / x.files.at(0).sha256, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (auto err = write(path, text))
    return err;
  auto heads = read_heads(models, x.reference());
  return heads ? caf::error{} : std::move(heads.error());
}

} // namespace

caf::error install_artifact(const artifact& x, const std::string& folder) {
  if (x.kind == artifact_kind::function)
    return install_function(x, folder);
  zoo models{{folder}, {folder}};
  auto is_model = x.kind == artifact_kind::model;
  auto path = fs::path{folder}
              / (x.reference() + (is_model ? ".ini" : ".json"));
  auto err = is_model ? install_model(x, models, path)
                      : install_heads(x, models, folder, path);
  std::error_code ignored;
  if (err)
    fs::remove(path, ignored);
  return err;
}

} // namespace vpaas
