#include "runtime/nn/zoo.hpp"

#include "runtime/error.hpp"
#include "runtime/sha256.hpp"
#include "runtime/shipped.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

/// Regular files of a folder by path; none where it cannot be read.
std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> result;
  std::error_code ignored; // a folder of the search path may be absent
  for (fs::directory_iterator i{folder, ignored}, end; i != end;
       i.increment(ignored))
    if (i->is_regular_file(ignored))
      result.push_back(i->path().string());
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::string> split(const std::string& folders) {
  std::vector<std::string> result;
  std::istringstream in{folders};
  for (std::string folder; std::getline(in, folder, ':');)
    if (!folder.empty())
      result.push_back(folder);
  return result;
}

} // namespace

bool matches(const std::string& path, const card_file& file) {
  std::error_code failed;
  auto size = fs::file_size(path, failed);
  if (failed || (file.bytes != 0 && size != file.bytes))
    return false;
  auto hash = sha256_of_file(path);
  return hash && hash->compare(0, file.sha256.size(), file.sha256) == 0;
}

std::map<std::string, std::string> zoo::cards() const {
  std::map<std::string, std::string> result;
  for (auto& folder : cards_)
    for (auto& path : files_of(folder))
      if (fs::path{path}.extension() == ".ini")
        result.emplace(fs::path{path}.stem().string(), path);
  return result;
}

caf::expected<model_card> zoo::card(const std::string& name) const {
  auto all = cards();
  if (auto i = all.find(name); i != all.end())
    return read_card(i->second);
  std::string names;
  for (auto& [key, path] : all)
    names += (names.empty() ? "" : ", ") + key;
  return caf::make_error(ec::not_found, "failed to find model " + name
                                          + ": no card of that name; there are "
                                          + (names.empty() ? "none" : names));
}

caf::expected<std::string> zoo::find(const card_file& file) const {
  std::string found_instead;
  for (auto& folder : files_)
    for (auto& name : {file.name, file.sha256}) {
      if (name.empty())
        continue;
      auto path = (fs::path{folder} / name).string();
      std::error_code ignored;
      if (!fs::is_regular_file(path, ignored))
        continue;
      if (matches(path, file))
        return path;
      found_instead = path;
    }
  for (auto& folder : files_)
    for (auto& path : files_of(folder)) {
      std::error_code ignored;
      // Without a size every file would have to be read.
      if (file.bytes != 0 && fs::file_size(path, ignored) == file.bytes
          && matches(path, file))
        return path;
    }
  std::string text = "failed to find " + file.name + " (sha256 "
                     + file.sha256.substr(0, 16) + "): ";
  if (!found_instead.empty())
    text += found_instead + " has another hash";
  else
    text += "not in";
  for (auto& folder : files_)
    if (found_instead.empty())
      text += " " + folder;
  text += file.url.empty() ? "; copy it into one of these folders"
                           : "; pull it from " + file.url;
  return caf::make_error(ec::model_missing, text);
}

caf::expected<located_model> zoo::locate(const model_card& card) const {
  located_model result;
  result.card = card;
  for (auto& file : card.files) {
    auto path = find(file);
    if (!path)
      return path.error();
    result.paths[file.role] = *path;
  }
  return result;
}

caf::expected<located_model> zoo::locate(const std::string& name) const {
  auto x = card(name);
  return x ? locate(*x) : caf::expected<located_model>{x.error()};
}

std::string model_cache_folder() {
  if (auto cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    return std::string{cache} + "/vpaas/models";
  auto home = std::getenv("HOME");
  return std::string{home && *home ? home : "/tmp"} + "/.cache/vpaas/models";
}

zoo default_zoo(const std::string& extra) {
  auto files = split(extra);
  auto cards = files;
  cards.push_back(model_cache_folder());
  cards.push_back(shipped_path("config/models"));
  files.push_back(model_cache_folder());
  files.push_back(shipped_path("config/models/weights"));
  files.emplace_back("../shared/models");
  return {std::move(cards), std::move(files)};
}

} // namespace vpaas
