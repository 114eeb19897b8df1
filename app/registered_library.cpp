#include "registered_library.hpp"

#include "runtime/error.hpp"
#include "runtime/node/function_folders.hpp"
#include "runtime/node/lua_function.hpp"
#include "runtime/store/json_file.hpp"

#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

/// In place of what was called so, at once.
caf::error link(const fs::path& to, const fs::path& name) {
  auto part = name.string() + ".part";
  std::error_code failed;
  fs::create_directories(name.parent_path(), failed);
  fs::remove(part, failed);
  fs::create_symlink(fs::absolute(to), part, failed);
  if (!failed)
    fs::rename(part, name, failed);
  return failed ? caf::make_error(ec::io, "failed to write " + name.string()
                                            + ": " + failed.message())
                : caf::error{};
}

/// What people put on the node themselves goes first.
caf::error check_is_free(const std::string& name) {
  for (auto& folder : function_folders())
    if (lua_functions_in(folder).count(name) != 0)
      return caf::make_error(ec::bad_input,
                             folder + " of this node has a function " + name
                               + " of its own; give yours another name");
  return caf::none;
}

caf::error install_script(const artifact& x, const fs::path& folder) {
  if (auto err = check_is_free(x.name))
    return err;
  auto read = lua_function::parse(x.content, x.name);
  if (!read)
    return std::move(read.error());
  auto path = fs::path{folder} / (x.reference() + ".lua");
  std::ofstream out{path, std::ios::binary};
  out << x.content;
  out.close();
  if (!out)
    return caf::make_error(ec::io, "failed to write " + path.string()
                                     + "; look at its disk");
  return link(path, registered_functions_in(folder) + "/" + x.name + ".lua");
}

} // namespace

std::string registered_functions_in(const std::string& folder) {
  return folder + "/functions";
}

caf::error install_function(const artifact& x, const std::string& folder) {
  if (x.files.empty())
    return install_script(x, folder);
  auto path = folder + "/" + x.reference() + ".so";
  if (auto err = link(fs::path{folder} / x.files.at(0).sha256, path))
    return err;
  auto spec = user_function_spec(path);
  if (!spec)
    return std::move(spec.error());
  if (spec->name != x.name)
    return caf::make_error(ec::bad_input, "the library calls its function "
                                            + spec->name + ", not " + x.name
                                            + "; register it again");
  if (auto err = write_json_file(folder + "/" + x.reference() + ".json",
                                 to_json_value(*spec)))
    return err;
  return link(path, registered_functions_in(folder) + "/" + x.name + ".so");
}

void keep_functions(const std::set<std::string>& names,
                    const std::string& folder) {
  std::error_code ignored;
  std::vector<fs::path> gone;
  for (auto& x :
       fs::directory_iterator{registered_functions_in(folder), ignored})
    if (names.count(x.path().stem().string()) == 0)
      gone.push_back(x.path());
  for (auto& x : gone)
    fs::remove(x, ignored);
}

std::vector<user_library>
registered_libraries_in(const std::string& functions) {
  std::vector<user_library> result;
  std::error_code ignored;
  for (auto& x : fs::directory_iterator{functions, ignored}) {
    if (x.path().extension() != ".so")
      continue;
    auto library = fs::read_symlink(x.path(), ignored); // ".../motion@2.so"
    auto found = registered_library(library.parent_path().string(),
                                    library.stem().string());
    if (!found)
      continue; // it is being replaced
    found->spec = registered_spec(std::move(found->spec));
    result.push_back(std::move(*found));
  }
  return result;
}

caf::expected<user_library> registered_library(const std::string& folder,
                                               const std::string& reference) {
  auto stem = folder + "/" + reference;
  auto spec = read_struct_file<function_spec>(stem + ".json");
  if (!spec)
    return std::move(spec.error());
  if (spec->name.empty())
    return caf::make_error(ec::not_found, "there is no function " + reference
                                            + " here; deploy it");
  return user_library{stem + ".so", std::move(*spec)};
}

} // namespace vpaas
