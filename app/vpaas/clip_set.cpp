#include "clip_set.hpp"

#include "runtime/error.hpp"
#include "runtime/name.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

caf::error refuse(const std::string& path, const std::string& cause) {
  return caf::make_error(ec::bad_config, path + ": " + cause);
}

std::string from_folder(const std::string& file, const std::string& path) {
  auto is_address = file.empty() || file.find("://") != std::string::npos;
  auto folder = fs::path{path}.parent_path();
  return is_address ? file : (folder / file).lexically_normal().string();
}

} // namespace

caf::expected<std::vector<clip>> read_clip_set(const std::string& path) {
  std::ifstream in{path};
  if (!in)
    return caf::make_error(ec::io, "failed to open clip set " + path
                                     + "; check the path");
  auto all = parse_json({std::istreambuf_iterator<char>{in}, {}});
  if (!all || !all->is_object() || !all->contains("clips")
      || !all->at("clips").is_array())
    return refuse(path, "write {\"clips\": [{\"name\": ..., \"source\": "
                        "...}, ...]}");
  std::vector<clip> result;
  std::set<std::string> names;
  for (auto& one : all->at("clips")) {
    auto whole = to_json_value(clip{});
    auto where = "clip " + std::to_string(result.size() + 1);
    if (!one.is_object())
      return refuse(path, where + " is no object");
    for (auto& [key, value] : one.items()) {
      if (!whole.contains(key))
        return refuse(path, where + ": there is no key \"" + key
                              + "\"; allowed: name, source, kind, against, "
                                "truth, groups, models, detector, every, seed, "
                                "quick, timed");
      whole[key] = value;
    }
    auto x = from_json<clip>(whole);
    if (!x)
      return refuse(path, where + ": " + cause_of(x.error()));
    if (!is_name(x->name) || x->source.empty() || x->every == 0)
      return refuse(path, where + ": it needs a name (" + name_rule
                            + "), a source, and every from 1 on");
    if (!names.insert(x->name).second)
      return refuse(path, where + ": the name " + x->name + " is taken");
    x->source = from_folder(x->source, path);
    x->truth = from_folder(x->truth, path);
    result.push_back(std::move(*x));
  }
  if (result.empty())
    return refuse(path, "it names no clip");
  return result;
}

} // namespace vpaas
