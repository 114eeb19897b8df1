#include "runtime/nn/heads.hpp"

#include "runtime/error.hpp"
#include "runtime/json.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

caf::expected<std::string> find_heads(const zoo& models,
                                      const std::string& name) {
  std::error_code ignored;
  if (fs::path{name}.extension() == ".json")
    return name;
  std::string looked;
  for (auto& folder : models.folders()) {
    auto path = fs::path{folder} / (name + ".json");
    if (!name.empty() && fs::is_regular_file(path, ignored))
      return path.string();
    looked += " " + folder;
  }
  return caf::make_error(ec::model_missing, "failed to find heads \"" + name
                                              + "\": no " + name + ".json in"
                                              + looked
                                              + "; make them with vpaas heads "
                                                "fit");
}

caf::error refuse(const std::string& path, const std::string& cause) {
  return caf::make_error(ec::bad_input, "failed to read heads " + path + ": "
                                          + cause
                                          + "; make them with vpaas heads fit");
}

} // namespace

caf::expected<one_vs_all> read_heads(const zoo& models,
                                     const std::string& name) {
  auto path = find_heads(models, name);
  if (!path)
    return std::move(path.error());
  std::ifstream in{*path, std::ios::binary};
  if (!in)
    return caf::make_error(ec::io, "failed to read heads " + *path
                                     + ": cannot open it; check the path and "
                                       "its permissions");
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = parse_json(text);
  if (!parsed)
    return refuse(*path, cause_of(parsed.error()));
  auto result = from_json<one_vs_all>(*parsed);
  if (!result)
    return refuse(*path, cause_of(result.error()));
  if (auto problem = result->validate())
    return refuse(*path, *problem);
  return result;
}

caf::error write_heads(const one_vs_all& x, const std::string& path) {
  auto unfinished = path + ".part";
  std::ofstream out{unfinished, std::ios::binary};
  out << to_json_value(x).dump(-1, ' ', false, json::error_handler_t::replace)
      << '\n';
  out.close();
  std::error_code failed;
  if (out)
    fs::rename(unfinished, path, failed);
  if (out && !failed)
    return caf::none;
  return caf::make_error(ec::io, "failed to write heads " + path
                                   + "; check the folder and the free space");
}

} // namespace vpaas
