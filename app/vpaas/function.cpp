#include "functions.hpp"
#include "model_registry.hpp"
#include "running_function.hpp"
#include "runtime/error.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas function list [--json]\n"
    "       vpaas function show NAME|NODE/ACTOR [--json] "
    "[--nodes=HOST:PORT]\n"
    "       vpaas function register | deploy | rollback | registered, see "
    "there\n\n"
    "What pipelines are made of: what each function takes and gives, on which "
    "tiers\nit runs, and its parameters. NODE/ACTOR asks a running one.\n";

std::string joined(const std::vector<std::string>& xs) {
  std::string result;
  for (auto& x : xs)
    result += (result.empty() ? "" : ", ") + x;
  return result;
}

int list(bool as_json) {
  if (as_json) {
    std::cout << as_text(to_json_value(all_functions())) << '\n';
    return 0;
  }
  table rows{{"NAME", "TIERS", "TAKES", "GIVES", "HELP"}};
  for (auto& x : all_functions())
    rows.push_back({x.name, joined(x.tiers), x.input, x.output, x.help});
  print(rows);
  return 0;
}

caf::expected<function_spec> ask_running(command_line& line,
                                         const std::string& what) {
  auto setup = take_tool_setup(line);
  if (!setup)
    return std::move(setup.error());
  running_function found{*setup};
  if (auto err = found.find(what))
    return err;
  return found.describe();
}

caf::expected<function_spec> find(command_line& line, const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ask_running(line, name);
  if (auto err = line.finish())
    return err;
  auto all = all_functions();
  auto i = std::find_if(all.begin(), all.end(),
                        [&](auto& x) { return x.name == name; });
  if (i != all.end())
    return *i;
  std::vector<std::string> names;
  names.reserve(all.size());
  for (auto& x : all)
    names.push_back(x.name);
  return caf::make_error(ec::not_found, "there is no function \"" + name
                                          + "\"; allowed: " + joined(names)
                                          + ", or NODE/ACTOR");
}

void show(const function_spec& x) {
  std::cout << x.name << " " << x.version << ": " << x.help << "\n"
            << "takes " << x.input << ", gives " << x.output
            << (x.tiers.empty() ? "" : ", on " + joined(x.tiers))
            << (x.per_stream ? ", keeps state of a stream" : "")
            << (x.billed ? ", its frames are billed" : "")
            << (x.blocks ? ", blocks" : "") << '\n';
  if (x.parameters.empty())
    return;
  std::cout << "\nparameters (+: may come with an item)\n";
  table rows;
  for (auto& y : x.parameters) {
    auto travels = std::count(x.options.begin(), x.options.end(), y.name) > 0;
    rows.push_back(
      {(travels ? "+ " : "  ") + y.name, y.fallback, allowed(y), y.help});
  }
  print(rows);
}

} // namespace

int function_verb(command_line line) {
  if (is_registry_verb(line))
    return registry_verb(std::move(line), "function");
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto as_json = line.take_flag("json");
  auto words = line.words();
  if (words == std::vector<std::string>{"list"}) {
    auto err = line.finish();
    return err ? complain("vpaas function", err) : list(as_json);
  }
  if (words.size() != 2 || words[0] != "show")
    return complain("vpaas function",
                    caf::make_error(ec::bad_config,
                                    "write list, show NAME, register FILE or "
                                    "deploy NAME; see vpaas "
                                    "function --help"));
  auto spec = find(line, words[1]);
  if (!spec)
    return complain("vpaas function", spec.error());
  if (as_json)
    std::cout << as_text(to_json_value(*spec)) << '\n';
  else
    show(*spec);
  return 0;
}

} // namespace vpaas
