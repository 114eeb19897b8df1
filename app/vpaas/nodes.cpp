#include "rollout_watch.hpp"
#include "runtime/error.hpp"
#include "system.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas nodes [--node=BACKEND] [--json]\n\n"
    "Lists the fogs and clouds that a backend knows, and what is deployed on "
    "them:\nstate is serving, or says how far it is and why; what is refused "
    "left the one\nbefore in service.\n";

void print_nodes(const std::vector<dispatched_node>& all) {
  table rows{{"node", "tier", "function", "runs", "state", "problem"}};
  for (auto& x : all) {
    if (x.slots.empty())
      rows.push_back({x.name, x.tier, "", "its own", "", x.problem});
    for (auto& y : x.slots)
      rows.push_back({x.name, x.tier, y.function, y.artifact,
                      to_string(y.state),
                      y.problem.empty() ? x.problem : y.problem});
  }
  print(rows);
}

caf::error run(command_line& line) {
  auto as_json = line.take_flag("json");
  auto name = line.take("node", "");
  auto setup = take_tool_setup(line);
  if (!setup)
    return std::move(setup.error());
  if (!line.words().empty())
    return caf::make_error(ec::bad_config,
                           "\"" + line.words()[0] + "\" is one word too many");
  node_system_config cfg{setup->config, setup->own};
  caf::actor_system sys{cfg};
  node_finder tool{*setup, sys};
  auto backend = tool.only_node(name, tier::backend);
  if (!backend)
    return std::move(backend.error());
  auto all = nodes_of(tool, *backend);
  if (as_json)
    std::cout << as_text(to_json_value(all)) << '\n';
  else
    print_nodes(all);
  return caf::none;
}

} // namespace

int nodes_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto err = run(line);
  return err ? complain("vpaas nodes", err) : 0;
}

} // namespace vpaas
