#include "running_function.hpp"
#include "runtime/error.hpp"
#include "table.hpp"
#include "verbs.hpp"
#include "written_value.hpp"

#include <algorithm>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas configure NODE/ACTOR [KEY=VALUE...] [--json]\n"
    "                       [--nodes=HOST:PORT,...]\n\n"
    "Changes parameters of a function while it runs, or shows them where none "
    "is\nnamed. They hold until it is started again.\n";

/// `KEY=VALUE` as JSON, checked against the function's own table.
caf::expected<json> changes_in(const std::vector<std::string>& words,
                               const function_spec& spec) {
  auto result = json::object();
  for (size_t i = 1; i < words.size(); ++i) {
    auto equals = words[i].find('=');
    auto key = words[i].substr(0, equals);
    auto is_key = [&](const parameter_spec& x) { return x.name == key; };
    auto x = std::find_if(spec.parameters.begin(), spec.parameters.end(),
                          is_key);
    if (equals == std::string::npos || x == spec.parameters.end()) {
      std::string known;
      for (auto& y : spec.parameters)
        known += (known.empty() ? "" : ", ") + y.name;
      return caf::make_error(ec::bad_config, words[i]
                                               + " is not allowed; write "
                                                 "KEY=VALUE with a KEY of "
                                               + known);
    }
    auto text = words[i].substr(equals + 1);
    auto checked = check_value(*x, written_value(*x, text));
    if (!checked)
      return caf::make_error(ec::bad_config,
                             key + " = " + cause_of(checked.error()));
    result[key] = std::move(*checked);
  }
  return result;
}

caf::expected<document> run(command_line& line) {
  auto setup = take_tool_setup(line);
  if (!setup)
    return std::move(setup.error());
  auto words = line.words();
  if (words.empty())
    return caf::make_error(ec::bad_config,
                           "write NODE/ACTOR [KEY=VALUE...]; see vpaas "
                           "configure --help");
  running_function found{*setup};
  if (auto err = found.find(words[0]))
    return err;
  auto spec = found.describe();
  if (!spec)
    return std::move(spec.error());
  auto changes = changes_in(words, *spec);
  if (!changes)
    return std::move(changes.error());
  return found.configure(document{std::move(*changes)});
}

} // namespace

int configure_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto as_json = line.take_flag("json");
  auto now = run(line);
  if (!now)
    return complain("vpaas configure", now.error());
  if (as_json) {
    std::cout << as_text(now->value()) << '\n';
    return 0;
  }
  table rows;
  for (auto& [key, value] : now->value().items())
    rows.push_back({key, value.dump()});
  print(rows);
  return 0;
}

} // namespace vpaas
