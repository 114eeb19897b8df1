#include "pipeline_list.hpp"
#include "runtime/error.hpp"
#include "runtime/node/lua_pipeline.hpp"
#include "runtime/pipeline/drawing.hpp"
#include "runtime/shipped.hpp"
#include "script_registry.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <fstream>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas pipeline list [--json]\n"
    "       vpaas pipeline show NAME [--json] [--svg=FILE]\n"
    "       vpaas pipeline check FILE... [--json]\n"
    "       vpaas pipeline register FILE [--name=NAME] [--node=BACKEND]\n\n"
    "A pipeline says which functions look at a stream's keyframes, and on "
    "which "
    "tier.\nThose called by NAME lie in config/pipelines, one Lua file each; a "
    "FILE may lie\nanywhere. register sends one to the backend, as the next "
    "version of "
    "its name:\nvpaas policy use takes streams through it.\n\n"
    "  --svg=FILE  a drawing of its stages\n";

caf::expected<std::string> find(const std::string& name) {
  auto all = pipelines_in(shipped_path("config/pipelines"));
  if (auto i = all.find(name); i != all.end())
    return i->second;
  if (name.find('/') != std::string::npos
      || name.find('.') != std::string::npos)
    return name;
  std::string known;
  for (auto& x : all)
    known += (known.empty() ? "" : ", ") + x.first;
  return caf::make_error(ec::not_found, "there is no pipeline \"" + name
                                          + "\"; allowed: " + known
                                          + ", or the path of a Lua file");
}

int list(bool as_json) {
  auto all = pipeline_list();
  if (as_json) {
    std::cout << as_text(all) << '\n';
    return 0;
  }
  table rows;
  for (auto& x : all) {
    std::string set;
    auto parameters = x.value("parameters", json::object());
    for (auto& [key, value] : parameters.items())
      set += (set.empty() ? "" : " ") + key + "=" + value.dump();
    rows.push_back(
      {x.value("name", ""), set,
       x.value("good", false) ? x.value("help", "") : x.value("cause", "")});
  }
  print(rows);
  return 0;
}

/// What `show --json` says of a stage.
json shown(const pipeline_plan& plan, const planned_stage& x) {
  auto result = to_json_value(x.spec);
  result["takes"] = x.takes;
  result["gives"] = x.gives;
  result["errand"] = x.errand;
  result["stands_in"] = x.stands_in;
  result["crosses"] = plan.errands[x.errand].tier != home_tier;
  return result;
}

void print_plan(const pipeline& x, const pipeline_plan& plan) {
  std::cout << x.name << ": " << x.help << "\n\n";
  table rows;
  for (auto& y : plan.stages) {
    std::string inputs, options;
    for (auto& z : y.spec.inputs)
      inputs += (inputs.empty() ? "" : ", ") + z;
    for (auto& [key, value] : y.spec.options.value().items())
      options += (options.empty() ? "" : " ") + key + "=" + value.dump();
    rows.push_back({y.spec.id, y.spec.tier + "." + y.spec.function, inputs,
                    y.gives, options + (y.spec.optional ? " optional" : "")});
  }
  std::string inputs;
  for (auto& y : x.result)
    inputs += (inputs.empty() ? "" : ", ") + y;
  rows.push_back({"result", "merge", inputs, "frame_result", ""});
  print(rows);
  if (plan.parameter_table.empty())
    return;
  std::cout << "\nparameters\n";
  table settings;
  for (auto& y : plan.parameter_table)
    settings.push_back(
      {y.name, plan.parameters.value().at(y.name).dump(), allowed(y), y.help});
  print(settings);
  if (!x.presets.empty())
    std::cout << "\npresets (preset=NAME)\n";
  table presets;
  for (auto& [name, values] : x.presets)
    presets.push_back({name, values.value().dump()});
  print(presets);
}

caf::error show(const std::string& name, bool as_json, const std::string& svg) {
  auto path = find(name);
  if (!path)
    return std::move(path.error());
  auto read = load_pipeline(*path);
  if (!read)
    return std::move(read.error());
  auto plan = plan_of_pipeline(*read, *path);
  if (!plan)
    return std::move(plan.error());
  if (!svg.empty()) {
    std::ofstream out{svg};
    out << to_svg(*plan);
    out.close();
    if (!out)
      return caf::make_error(ec::io, "failed to write " + svg
                                       + "; check the path and the disk");
  }
  if (as_json) {
    auto x = to_json_value(*read);
    x["parameters"] = to_json_value(plan->parameter_table);
    x["stages"] = json::array();
    for (auto& y : plan->stages)
      x["stages"].push_back(shown(*plan, y));
    std::cout << as_text(x) << '\n';
  } else {
    print_plan(*read, *plan);
  }
  return caf::none;
}

int check_files(const std::vector<std::string>& paths, bool as_json) {
  auto all = json::array();
  auto bad = false;
  for (auto& path : paths) {
    all.push_back(pipeline_summary(path, path));
    bad |= !all.back().value("good", false);
  }
  if (as_json)
    std::cout << as_text(all) << '\n';
  else
    for (auto& x : all)
      std::cout << (x.value("good", false) ? "good  " + x.value("path", "")
                                           : "bad   " + x.value("cause", ""))
                << '\n';
  return bad ? 1 : 0;
}

} // namespace

int pipeline_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  if (!line.words().empty() && line.words()[0] == "register")
    return register_script(line, artifact_kind::pipeline);
  auto as_json = line.take_flag("json");
  auto svg = line.take("svg", "");
  if (auto err = line.finish())
    return complain("vpaas pipeline", err);
  auto& words = line.words();
  auto what = words.empty() ? "" : words[0];
  if (what == "list" && words.size() == 1)
    return list(as_json);
  if (what == "check" && words.size() > 1)
    return check_files({words.begin() + 1, words.end()}, as_json);
  auto problem
    = what == "show" && words.size() == 2
        ? show(words[1], as_json, svg)
        : caf::make_error(ec::bad_config,
                          "write list, show NAME, check FILE or "
                          "register FILE; see vpaas pipeline --help");
  return problem ? complain("vpaas pipeline", problem) : 0;
}

} // namespace vpaas
