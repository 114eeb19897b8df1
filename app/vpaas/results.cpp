#include "follow_results.hpp"
#include "node_finder.hpp"
#include "print_results.hpp"
#include "runtime/store/ledger.hpp"
#include "since.hpp"
#include "system.hpp"
#include "verbs.hpp"

#include <functional>
#include <iostream>

#include <unistd.h>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas results [--node=NODE | --ledger=CONNECTION] [--stream=NAME]\n"
    "                     [--since=TIME] [--first=N] [--last=N] [--follow] "
    "[--json]\n\n"
    "Prints what was found on keyframes: those of a fog's ledger, by stream "
    "and\n"
    "frame; with --follow those that come from now on, until interrupted. Of\n"
    "several fogs each line says which. A fog that goes away is looked for "
    "until\n"
    "it is back, and what it found meanwhile is printed then.\n\n"
    "  --node=NODE          HOST:PORT or name; default: all fogs that answer\n"
    "  --ledger=CONNECTION  read a database, with no node: a file, "
    "sqlite3://FILE\n"
    "                       or postgresql://host=... dbname=...\n"
    "  --stream=NAME        of this stream only\n"
    "  --since=TIME         captured then or later: 90s, 10min or 2h ago, or\n"
    "                       \"2026-03-01 14:30\" in local time; with --follow "
    "what\n"
    "                       was found since then comes first\n"
    "  --first=N, --last=N  frame numbers\n"
    "  --follow             what comes from now on\n"
    "  --json               one JSON object a line; so it is where the output "
    "is\n"
    "                       no terminal\n"
    "  --nodes, --config-file, --openssl.KEY: as of vpaas inspect\n";

using page = caf::expected<std::vector<frame_result>>;

/// Prints all pages that `find` gives.
caf::error print_found(const result_wishes& want, const std::string& node,
                       const std::function<page(const result_query&)>& find) {
  auto query = want.query;
  for (;;) {
    auto xs = find(query);
    if (!xs)
      return xs.error();
    if (xs->empty())
      return caf::none;
    if (!print_results(*xs, want, node))
      return caf::make_error(ec::io, "failed to write results: the output is "
                                     "closed");
    query.after = xs->back().stream;
    query.after_frame = xs->back().frame;
  }
}

caf::error print_ledger(const result_wishes& want) {
  database_config cfg;
  cfg.connection = want.ledger;
  cfg.read_only = true;
  auto from = ledger::open(cfg);
  if (!from)
    return from.error();
  auto err = print_found(want, "",
                         [&](const result_query& x) { return from->find(x); });
  if (auto n = from->unreadable(); n > 0)
    std::cerr << "vpaas results: " << n
              << " rows cannot be read and are left out\n";
  return err;
}

/// The fogs that are asked: the one that is named, or all.
caf::expected<std::vector<found_node>> fogs_of(node_finder& tool,
                                               const std::string& name) {
  std::vector<found_node> result;
  if (name.empty())
    for (auto& x : tool.nodes())
      if (x.handle && x.info.tier == to_string(tier::fog))
        result.push_back(std::move(x));
  if (!result.empty())
    return result;
  auto one = tool.node(name, tier::fog);
  if (!one)
    return std::move(one.error());
  result.push_back(std::move(*one));
  return result;
}

caf::error print_fogs(const result_wishes& want, node_finder& tool,
                      const std::vector<found_node>& fogs) {
  for (auto& fog : fogs) {
    auto from = tool.actor<results_actor>(fog, "results");
    if (!from)
      return std::move(from.error());
    auto find = [&](const result_query& x) {
      return tool.ask<std::vector<frame_result>>(*from, find_atom_v, x);
    };
    if (auto err = print_found(want, fogs.size() > 1 ? fog.info.name : "",
                               find))
      return err;
  }
  return caf::none;
}

caf::error run(const result_wishes& want, const tool_setup& setup) {
  if (!want.ledger.empty())
    return print_ledger(want);
  node_system_config cfg{setup.config, setup.own};
  caf::actor_system sys{cfg};
  node_finder tool{setup, sys};
  auto fogs = fogs_of(tool, want.node);
  if (!fogs)
    return fogs.error();
  if (want.follow)
    return result_follower{want, tool, sys, std::move(*fogs)}.run();
  return print_fogs(want, tool, *fogs);
}

/// Reads `--name=N` into `x`, which keeps its value where it is not there.
caf::error take_number(command_line& line, const std::string& name,
                       uint64_t& x) {
  auto text = line.take(name, std::to_string(x));
  auto value = parse_json(text);
  if (value && !from_json_value(*value, x, name))
    return caf::none;
  return caf::make_error(ec::bad_config,
                         "--" + name + "=" + text + ": write a frame number");
}

caf::error take_wishes(command_line& line, result_wishes& x) {
  x.node = line.take("node", "");
  x.ledger = line.take("ledger", "");
  x.query.stream = line.take("stream", "");
  x.follow = line.take_flag("follow");
  x.lines = line.take_flag("json") || ::isatty(STDOUT_FILENO) == 0;
  if (auto err = take_number(line, "first", x.query.first))
    return err;
  if (auto err = take_number(line, "last", x.query.last))
    return err;
  if (auto err = take_since(line, x.query.since))
    return err;
  if (!x.ledger.empty() && (x.follow || !x.node.empty()))
    return caf::make_error(ec::bad_config, "--ledger reads a database alone; "
                                           "leave out --node and --follow");
  if (!line.words().empty())
    return caf::make_error(ec::bad_config, "unknown word \""
                                             + line.words().front()
                                             + "\"; see --help");
  return caf::none;
}

} // namespace

int results_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  result_wishes want;
  if (auto err = take_wishes(line, want))
    return complain("vpaas results", err);
  auto setup = take_tool_setup(line);
  if (!setup)
    return complain("vpaas results", setup.error());
  auto err = run(want, *setup);
  return err ? complain("vpaas results", err) : 0;
}

} // namespace vpaas
