#include "model_list.hpp"
#include "model_registry.hpp"
#include "runtime/error.hpp"
#include "runtime/json.hpp"
#include "runtime/nn/zoo.hpp"
#include "verbs.hpp"

#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas model list [--json]\n"
    "       vpaas model show NAME\n"
    "       vpaas model verify [NAME...] [--json]\n"
    "       vpaas model pull NAME...\n"
    "       vpaas model import FILE... (see vpaas model import --help)\n"
    "       vpaas model run NAME PICTURE... (see vpaas model run --help)\n"
    "       vpaas model register | dispatch | deploy | rollback | registered\n"
    "                  what nodes run (see vpaas model deploy --help)\n\n"
    "A model is a card and files that are known by their SHA-256. Cards are "
    "looked\nfor in ~/.cache/vpaas/models and config/models, files in "
    "~/.cache/vpaas/models,\nconfig/models/weights and ../shared/models.\n\n"
    "  --zoo.path=DIR:DIR   folders that are searched before these\n";

using names = std::vector<std::string>;

int list(const zoo& models, bool as_json) {
  auto all = model_list(models);
  if (as_json) {
    std::cout << as_text(all) << '\n';
    return 0;
  }
  for (auto& x : all) {
    auto column = [&](const char* key, size_t width) {
      auto text = x.value(key, "");
      text.resize(std::max(text.size() + 1, width), ' ');
      return text;
    };
    std::cout << column("name", 28) << column("task", 15) << column("engine", 8)
              << column("type", 6) << x.value("state", "") << '\n';
  }
  return 0;
}

caf::error show(const zoo& models, const std::string& name) {
  auto card = models.card(name);
  if (!card)
    return card.error();
  std::cout << to_ini(*card);
  for (auto& file : card->files) {
    auto path = models.find(file);
    std::cout << "\n; " << file.role << ": "
              << (path ? *path : describe(path.error())) << '\n';
  }
  return caf::none;
}

/// Hashes every file of the models; the exit status.
int verify(const zoo& models, names wanted, bool as_json) {
  if (wanted.empty())
    for (auto& [name, path] : models.cards())
      wanted.push_back(name);
  auto all = json::array();
  auto wrong = 0;
  for (auto& name : wanted) {
    auto found = models.locate(name);
    wrong += !found;
    all.push_back({{"name", name},
                   {"good", bool(found)},
                   {"cause", found ? "" : describe(found.error())}});
  }
  if (as_json)
    std::cout << as_text(all) << '\n';
  else
    for (auto& x : all)
      std::cout << (x["good"] ? "good  " : "bad   ")
                << x["name"].get<std::string>() << "  "
                << x["cause"].get<std::string>() << '\n';
  return wrong == 0 ? 0 : 1;
}

/// One line that is written over while a file comes.
bool show_progress(const std::string& name, uint64_t now, uint64_t all) {
  std::cerr << '\r' << name << "  " << now / 1000000 << " MB";
  if (all > 0)
    std::cerr << " of " << all / 1000000 << " (" << now * 100 / all << " %)";
  return true;
}

caf::error pull_model(const zoo& models, const std::string& name) {
  auto card = models.card(name);
  if (!card)
    return card.error();
  for (auto& file : card->files) {
    if (models.find(file))
      continue;
    auto path = pull(file, model_cache_folder(),
                     [&](uint64_t now, uint64_t all) {
                       return show_progress(file.name, now, all);
                     });
    std::cerr << '\n';
    if (!path)
      return path.error();
    std::cout << "pulled " << *path << '\n';
  }
  return caf::none;
}

} // namespace

int model_verb(command_line line) {
  if (is_registry_verb(line))
    return registry_verb(std::move(line), "model");
  auto words = line.words();
  if (!words.empty() && (words[0] == "run" || words[0] == "import"))
    return run_networks("model", line);
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto models = default_zoo(line.take("zoo.path", ""));
  auto as_json = line.take_flag("json");
  if (auto err = line.finish())
    return complain("vpaas model", err);
  auto what = words.empty() ? "" : words[0];
  names rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (what == "list")
    return list(models, as_json);
  if (what == "verify")
    return verify(models, rest, as_json);
  caf::error problem;
  if ((what == "show" || what == "pull") && !rest.empty())
    for (auto& x : rest)
      if (!problem)
        problem = what == "show" ? show(models, x) : pull_model(models, x);
      else
        break;
  else
    problem = caf::make_error(ec::bad_config,
                              "write list, show NAME, verify, pull NAME, "
                              "import FILE or run NAME; see vpaas model "
                              "--help");
  return problem ? complain("vpaas model", problem) : 0;
}

} // namespace vpaas
