#include "node_finder.hpp"
#include "runtime/json.hpp"
#include "runtime/printable.hpp"
#include "system.hpp"
#include "table.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <iostream>
#include <thread>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas inspect [NODE[/ACTOR]] [--nodes=HOST:PORT,...]\n"
    "                     [--json] [--watch[=2s]] [--config-file=FILE]\n\n"
    "Without a name it lists the nodes; NODE shows its supervision tree "
    "(state,\n"
    "restarts, mailbox, uptime); NODE/ACTOR the status of one actor, and "
    "NODE/\n"
    "that of the node itself.\n\n"
    "  --nodes=LIST         nodes to ask; the nodes that they know are found\n"
    "                       too. Default: ports 4710 to 4713 of this machine\n"
    "  --json               one JSON value\n"
    "  --watch[=SPAN]       again every SPAN (2s) until interrupted\n"
    "  --config-file=FILE   [tool], [openssl] and [scheduler], as "
    "config/vpaas.ini\n"
    "  --openssl.KEY=FILE   folder, or certificate, key, cafile: as a node's\n";

std::string age(caf::timespan x) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(x).count();
  if (seconds < 120)
    return std::to_string(seconds) + "s";
  if (seconds < 7200)
    return std::to_string(seconds / 60) + "min";
  return std::to_string(seconds / 3600) + "h";
}

caf::error show_nodes(node_finder& tool, bool as_json) {
  auto all = json::array();
  table rows{{"NAME", "TIER", "ADDRESS", "STATE", "PID", "UPTIME", "VERSION"}};
  auto answers = 0;
  for (const auto& x : tool.nodes()) {
    auto state = x.handle ? std::string{"up"} : "down: " + x.problem;
    answers += x.handle ? 1 : 0;
    auto entry = to_json_value(x.info);
    entry["state"] = x.handle ? "up" : "down";
    entry["problem"] = x.problem;
    all.push_back(std::move(entry));
    if (!x.handle)
      rows.push_back({"?", "?", x.info.address, state});
    else
      rows.push_back({x.info.name, x.info.tier, x.info.address, state,
                      std::to_string(x.info.pid),
                      age(caf::make_timestamp() - x.info.started),
                      x.info.version});
  }
  if (as_json)
    std::cout << as_text(all) << '\n';
  else
    print(rows);
  if (answers > 0)
    return caf::none;
  return caf::make_error(ec::not_found,
                         "no node answers; start one, or name one with "
                         "--nodes=HOST:PORT");
}

caf::error show_tree(node_finder& tool, const found_node& node, bool as_json) {
  auto tree = tool.ask<std::vector<tree_entry>>(node.handle, tree_atom_v);
  if (!tree)
    return tree.error();
  if (as_json) {
    std::cout << as_text(to_json_value(*tree)) << '\n';
    return caf::none;
  }
  table rows{
    {"NAME", "KIND", "STATE", "RESTARTS", "MAILBOX", "UPTIME", "LAST RESTART"}};
  for (const auto& x : *tree) {
    auto depth
      = x.path.empty() ? 0 : 1 + std::count(x.path.begin(), x.path.end(), '/');
    auto name = x.path.empty() ? node.info.name
                               : x.path.substr(x.path.rfind('/') + 1);
    rows.push_back({std::string(static_cast<size_t>(2 * depth), ' ') + name,
                    x.kind + (x.node.empty() ? "" : "@" + x.node), x.state,
                    std::to_string(x.restarts), std::to_string(x.mailbox),
                    age(x.uptime), x.reason});
  }
  print(rows);
  return caf::none;
}

void print_fields(const json& x, const std::string& prefix) {
  for (const auto& [key, value] : x.items())
    if (value.is_object())
      print_fields(value, prefix + key + ".");
    else
      std::cout << prefix << key << ": "
                << printable(value.is_string() ? value.get<std::string>()
                                               : as_text(value, -1))
                << '\n';
}

caf::error show_actor(node_finder& tool, const found_node& node,
                      const std::string& path, bool as_json) {
  auto status = tool.ask<status_report>(node.handle, status_atom_v, path);
  if (!status)
    return status.error();
  if (as_json)
    std::cout << as_text(to_json_value(*status)) << '\n';
  else {
    std::cout << "kind: " << status->kind << "\nstate: " << status->state
              << "\nmailbox: " << status->mailbox << '\n';
    print_fields(status->details.value(), "");
  }
  return caf::none;
}

caf::error show(node_finder& tool, const std::string& what, bool as_json) {
  if (what.empty())
    return show_nodes(tool, as_json);
  auto slash = what.find('/');
  auto node = tool.node(what.substr(0, slash));
  if (!node)
    return node.error();
  if (slash == std::string::npos)
    return show_tree(tool, *node, as_json);
  return show_actor(tool, *node, what.substr(slash + 1), as_json);
}

/// Shows it once, or again and again.
caf::error run(const tool_setup& setup, const std::string& what, bool as_json,
               caf::timespan again) {
  node_system_config cfg{setup.config, setup.own};
  caf::actor_system sys{cfg};
  node_finder tool{setup, sys};
  auto err = show(tool, what, as_json);
  while (again.count() > 0) {
    if (err)
      std::cout << cause_of(err) << '\n';
    std::cout << std::flush;
    std::this_thread::sleep_for(again);
    if (!as_json)
      std::cout << "\x1b[2J\x1b[H"; // clear the terminal
    err = show(tool, what, as_json);
  }
  return err;
}

} // namespace

int inspect_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto as_json = line.take_flag("json");
  auto span = line.take("watch", "never");
  auto again = span == "never" ? caf::expected<caf::timespan>{caf::timespan{0}}
                               : parse_duration(span.empty() ? "2s" : span);
  auto setup = take_tool_setup(line);
  if (!setup)
    return complain("vpaas inspect", setup.error());
  if (!again)
    return complain("vpaas inspect", again.error());
  if (line.words().size() > 1)
    return complain("vpaas inspect",
                    caf::make_error(ec::bad_config, "write one NODE or "
                                                    "NODE/ACTOR; see --help"));
  auto what = line.words().empty() ? "" : line.words().front();
  auto err = run(*setup, what, as_json, *again);
  return err ? complain("vpaas inspect", err) : 0;
}

} // namespace vpaas
