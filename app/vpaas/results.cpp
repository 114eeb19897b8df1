#include "node_finder.hpp"
#include "runtime/store/ledger.hpp"
#include "runtime/store/lines_file.hpp"
#include "system.hpp"
#include "verbs.hpp"

#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <optional>

#include <unistd.h>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas results [--node=NODE | --ledger=CONNECTION] [--stream=NAME]\n"
    "                     [--first=N] [--last=N] [--follow] [--json]\n\n"
    "Prints what was found on keyframes: those of a fog's ledger, by stream "
    "and\n"
    "frame; with --follow those that come from now on, until interrupted.\n\n"
    "  --node=NODE          HOST:PORT or name; default: the first fog that "
    "answers\n"
    "  --ledger=CONNECTION  read a database, with no node: a file, "
    "sqlite3://FILE\n"
    "                       or postgresql://host=... dbname=...\n"
    "  --stream=NAME        of this stream only\n"
    "  --first=N, --last=N  frame numbers\n"
    "  --follow             what comes from now on\n"
    "  --json               one JSON object a line; so it is where the output "
    "is\n"
    "                       no terminal\n"
    "  --nodes, --config-file, --openssl.KEY: as of vpaas inspect\n";

/// What stands on the command line.
struct wishes {
  std::string node;
  std::string ledger;
  result_query query;
  bool follow = false;
  bool lines = false;
};

using page = caf::expected<std::vector<frame_result>>;

std::string time_of_day(caf::timestamp x) {
  auto seconds
    = std::chrono::duration_cast<std::chrono::seconds>(x.time_since_epoch())
        .count();
  std::time_t time = seconds;
  std::tm parts{};
  localtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%F %T", &parts);
  return text;
}

/// "car 2, person 1": what is on a frame, for people.
std::string summary(const frame_result& x) {
  std::map<std::string, size_t> counts;
  for (auto& object : x.objects)
    ++counts[object.label];
  std::string result;
  for (auto& [label, n] : counts)
    result += (result.empty() ? "" : ", ") + label + " " + std::to_string(n);
  return result.empty() ? "nothing" : result;
}

/// Names come from anywhere: nothing of them may steer a terminal.
std::string printable(std::string x) {
  for (auto& c : x)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = '?';
  return x;
}

void print(const std::vector<frame_result>& xs, bool lines) {
  for (auto& x : xs) {
    if (lines) {
      std::cout << to_line(x) << '\n';
      continue;
    }
    std::cout << time_of_day(x.captured) << "  " << printable(x.stream) << " "
              << x.frame << "  " << printable(x.pipeline) << "  "
              << printable(summary(x)) << (x.revision > 0 ? "  (revised)" : "")
              << '\n';
  }
  std::cout << std::flush;
}

/// Prints all pages that `find` gives.
caf::error print_found(const wishes& want,
                       const std::function<page(const result_query&)>& find) {
  auto query = want.query;
  for (;;) {
    auto xs = find(query);
    if (!xs)
      return xs.error();
    if (xs->empty())
      return caf::none;
    print(*xs, want.lines);
    if (!std::cout)
      return caf::make_error(ec::io, "failed to write results: the output is "
                                     "closed");
    query.after = xs->back().stream;
    query.after_frame = xs->back().frame;
  }
}

caf::error print_ledger(const wishes& want) {
  database_config cfg;
  cfg.connection = want.ledger;
  cfg.read_only = true;
  auto from = ledger::open(cfg);
  if (!from)
    return from.error();
  return print_found(want,
                     [&](const result_query& x) { return from->find(x); });
}

/// Prints what comes until the node is lost.
caf::error follow(const wishes& want, const results_actor& from,
                  caf::actor_system& sys, caf::timespan timeout) {
  caf::scoped_actor self{sys};
  caf::error problem;
  self->monitor(from);
  self
    ->request(from, timeout, subscribe_atom_v, want.query.stream,
              caf::actor_cast<caf::actor>(self))
    .receive([] {}, [&](const caf::error& x) { problem = x; });
  auto running = !problem;
  self->receive_while(running)(
    [&](result_atom, const std::vector<frame_result>& xs) {
      std::vector<frame_result> wanted;
      for (auto& x : xs)
        if (x.frame >= want.query.first && x.frame <= want.query.last)
          wanted.push_back(x);
      print(wanted, want.lines);
    },
    [&](const caf::down_msg& x) {
      problem = caf::make_error(ec::io, "failed to follow results: "
                                          + describe(x.reason)
                                          + "; is the node still there?");
      running = false;
    });
  return problem;
}

caf::error run(const wishes& want, const tool_setup& setup) {
  if (!want.ledger.empty())
    return print_ledger(want);
  node_system_config cfg{setup.config, setup.tls};
  caf::actor_system sys{cfg};
  node_finder tool{setup, sys};
  auto node = tool.node(want.node, tier::fog);
  if (!node)
    return node.error();
  auto from = tool.actor<results_actor>(*node, "results");
  if (!from)
    return from.error();
  if (want.follow)
    return follow(want, *from, sys,
                  setup.config.get<caf::timespan>("tool", "timeout"));
  return print_found(want, [&](const result_query& x) {
    return tool.ask<std::vector<frame_result>>(*from, find_atom_v, x);
  });
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

caf::error take_wishes(command_line& line, wishes& x) {
  x.node = line.take("node", "");
  x.ledger = line.take("ledger", "");
  x.query.stream = line.take("stream", "");
  x.follow = line.take_flag("follow");
  x.lines = line.take_flag("json") || ::isatty(STDOUT_FILENO) == 0;
  if (auto err = take_number(line, "first", x.query.first))
    return err;
  if (auto err = take_number(line, "last", x.query.last))
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
  wishes want;
  if (auto err = take_wishes(line, want))
    return complain("vpaas results", err);
  auto setup = take_tool_setup(line);
  if (!setup)
    return complain("vpaas results", setup.error());
  auto err = run(want, *setup);
  return err ? complain("vpaas results", err) : 0;
}

} // namespace vpaas
