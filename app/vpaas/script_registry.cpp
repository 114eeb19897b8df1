#include "script_registry.hpp"

#include "registry_client.hpp"
#include "runtime/error.hpp"
#include "verbs.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

caf::expected<artifact> script_in(const std::string& path, artifact_kind kind,
                                  const std::string& name) {
  artifact result;
  result.kind = kind;
  result.name = name.empty() ? fs::path{path}.stem().string() : name;
  std::ifstream in{path, std::ios::binary};
  if (in && fs::is_regular_file(path))
    result.content.assign(std::istreambuf_iterator<char>{in}, {});
  if (result.content.empty())
    return caf::make_error(ec::io, "failed to read " + path
                                     + ", or there is nothing in it; name a "
                                       "Lua file");
  return result;
}

caf::error run(command_line& line, artifact_kind kind) {
  auto as_json = line.take_flag("json");
  auto name = line.take("name", "");
  auto backend = line.take("node", "");
  auto setup = take_tool_setup(line);
  if (!setup)
    return std::move(setup.error());
  auto words = line.words();
  if (words.size() != 2)
    return caf::make_error(ec::bad_config, "name one file; see vpaas "
                                             + to_string(kind) + " --help");
  auto x = script_in(words[1], kind, name);
  if (!x)
    return std::move(x.error());
  registry_client to{*setup, backend};
  if (to.problem)
    return to.problem;
  auto kept = to.tool.ask<document>(to.registry, keep_atom_v,
                                    document{to_json_value(*x)});
  if (!kept)
    return std::move(kept.error());
  auto& value = kept->value();
  if (as_json)
    std::cout << as_text(value) << '\n';
  else
    std::cout << "registered " << value.value("name", "") << '@'
              << value.value("version", json{0}) << '\n';
  return caf::none;
}

} // namespace

int register_script(command_line line, artifact_kind kind) {
  auto err = run(line, kind);
  return err ? complain("vpaas " + to_string(kind), err) : 0;
}

} // namespace vpaas
