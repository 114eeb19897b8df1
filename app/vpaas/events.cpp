#include "messages/protocol.hpp"
#include "node_finder.hpp"
#include "runtime/printable.hpp"
#include "runtime/store/event_log.hpp"
#include "since.hpp"
#include "system.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <ctime>
#include <functional>
#include <iostream>
#include <thread>

#include <unistd.h>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas events [--node=NODE | --ledger=CONNECTION] [--stream=NAME]\n"
    "                    [--kind=KIND] [--zone=ZONE] [--since=TIME] "
    "[--follow]\n"
    "                    [--json]\n\n"
    "Prints what the functions of streams say has happened (vpaas stream add\n"
    "--functions): who passed a line, entered a zone, or left it. In the order "
    "in\n"
    "which a fog kept them; with --follow those that come from now on, until\n"
    "interrupted. Of several fogs each line says which. A fog that goes away "
    "is\n"
    "looked for until it is back, and what it kept meanwhile is printed "
    "then.\n\n"
    "  --node=NODE          HOST:PORT or name; default: all fogs that answer\n"
    "  --ledger=CONNECTION  read a database, with no node: a file, "
    "sqlite3://FILE\n"
    "                       or postgresql://host=... dbname=...\n"
    "  --stream=NAME --kind=KIND --zone=ZONE\n"
    "                       only of this stream, kind, zone or line\n"
    "  --since=TIME         on frames captured then or later: 90s, 10min or 2h "
    "ago,\n"
    "                       or \"2026-03-01 14:30\" in local time; with "
    "--follow what\n"
    "                       was found since then comes first\n"
    "  --follow             what comes from now on\n"
    "  --json               one JSON object a line; so it is where the output "
    "is\n"
    "                       no terminal\n"
    "  --nodes, --config-file, --openssl.KEY: as of vpaas inspect\n";

constexpr auto look_every = std::chrono::milliseconds(500);

/// Frames may be captured before those whose events are kept already.
constexpr auto slack = std::chrono::minutes(1);

struct wishes {
  std::string node;   ///< empty: all fogs that answer
  std::string ledger; ///< a database instead of a node
  event_query query;
  bool follow = false;
  bool lines = false; ///< JSON
};

using page = caf::expected<std::vector<event>>;
using finder = std::function<page(const event_query&)>;

std::string time_of_day(caf::timestamp x) {
  std::time_t time
    = std::chrono::duration_cast<std::chrono::seconds>(x.time_since_epoch())
        .count();
  std::tm parts{};
  localtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%F %T", &parts);
  return text;
}

std::string json_line(const event& x, const std::string& node) {
  auto value = to_json_value(x);
  if (!node.empty())
    value["node"] = node;
  return as_text(value, -1);
}

/// "2026-11-30 14:05:09  door 450  passed gate right  car 1843201"
std::string words_of(const event& x, const std::string& node) {
  auto result = time_of_day(x.time) + "  ";
  if (!node.empty())
    result += printable(node) + "  ";
  result += printable(x.stream) + " " + std::to_string(x.frame) + " ";
  for (auto* text : {&x.kind, &x.zone, &x.value})
    if (!text->empty())
      result += " " + printable(*text);
  if (x.object != 0)
    result += "  " + printable(x.label) + " " + std::to_string(x.object);
  if (x.lasted.count() != 0)
    result += "  "
              + format_duration(
                std::chrono::round<std::chrono::milliseconds>(x.lasted));
  return result;
}

caf::error print(const std::vector<event>& xs, const wishes& want,
                 const std::string& node) {
  for (auto& x : xs)
    std::cout << (want.lines ? json_line(x, node) : words_of(x, node)) << '\n';
  std::cout << std::flush;
  if (std::cout)
    return caf::none;
  return caf::make_error(ec::io, "failed to write events: the output is "
                                 "closed");
}

/// Goes through all pages behind `query.after`, which moves on.
caf::error read_on(event_query& query, const finder& find,
                   const std::function<caf::error(const page&)>& take) {
  for (;;) {
    auto xs = find(query);
    if (!xs)
      return std::move(xs.error());
    if (xs->empty())
      return caf::none;
    if (auto err = take(xs))
      return err;
    query.after = xs->back().id;
  }
}

caf::error print_ledger(const wishes& want) {
  database_config cfg;
  cfg.connection = want.ledger;
  cfg.read_only = true;
  auto from = event_log::open(cfg);
  if (!from)
    return std::move(from.error());
  auto query = want.query;
  return read_on(
    query, [&](const event_query& x) { return from->find(x); },
    [&](const page& xs) { return print(*xs, want, ""); });
}

/// One fog whose events are printed.
class watched_fog {
public:
  watched_fog(node_finder& tool, const wishes& want, found_node node,
              bool named)
    : tool_(tool), want_(want), node_(std::move(node)), named_(named),
      query_(want.query) {
    // nop
  }

  /// Only what comes from now on is wanted.
  caf::error begin_now() {
    query_.since = caf::make_timestamp() - slack;
    return read_on(query_, finder_of(), [](const page&) { return caf::none; });
  }

  caf::error print_new() {
    caf::error closed;
    auto err = read_on(query_, finder_of(), [&](const page& xs) {
      return closed = print(*xs, want_, named_ ? node_.info.name : "");
    });
    if (closed || !err || !want_.follow)
      return closed ? closed : err;
    look_for_it();
    return caf::none;
  }

private:
  finder finder_of() {
    return [this](const event_query& x) -> page {
      if (!keeper_) {
        auto found = tool_.actor<events_actor>(node_, "ledger");
        if (!found)
          return std::move(found.error());
        keeper_ = *found;
      }
      return tool_.ask<std::vector<event>>(keeper_, find_atom_v, x);
    };
  }

  void look_for_it() {
    keeper_ = nullptr;
    auto found = tool_.node(node_.info.address, tier::fog);
    if (!found)
      found = tool_.node(node_.info.name);
    if (!found && !std::exchange(away_, true))
      std::cerr << "vpaas events: " << node_.info.name
                << " is away; looking for it\n";
    if (!found)
      return;
    node_ = std::move(*found);
    if (std::exchange(away_, false))
      std::cerr << "vpaas events: " << node_.info.name << " is back\n";
  }

  node_finder& tool_;
  const wishes& want_;
  found_node node_;
  bool named_;
  event_query query_;
  events_actor keeper_;
  bool away_ = false;
};

caf::expected<std::vector<found_node>> fogs_of(node_finder& tool,
                                               const std::string& name) {
  std::vector<found_node> result;
  auto found = tool.nodes(name, tier::fog);
  if (!found)
    return std::move(found.error());
  for (auto& x : *found)
    if (x.handle)
      result.push_back(std::move(x));
  if (result.empty())
    return caf::make_error(ec::not_found,
                           "no fog answers; start one, or write --node=NODE");
  return result;
}

caf::error run(const wishes& want, const tool_setup& setup) {
  if (!want.ledger.empty())
    return print_ledger(want);
  node_system_config cfg{setup.config, setup.own};
  caf::actor_system sys{cfg};
  node_finder tool{setup, sys};
  auto found = fogs_of(tool, want.node);
  if (!found)
    return std::move(found.error());
  std::vector<watched_fog> fogs;
  auto several = found->size() > 1;
  for (auto& x : *found)
    fogs.emplace_back(tool, want, std::move(x), several);
  if (want.follow && want.query.since == caf::timestamp{})
    for (auto& x : fogs)
      if (auto err = x.begin_now())
        return err;
  do {
    for (auto& x : fogs)
      if (auto err = x.print_new())
        return err;
    if (want.follow)
      std::this_thread::sleep_for(look_every);
  } while (want.follow);
  return caf::none;
}

caf::error take_wishes(command_line& line, wishes& x) {
  x.node = line.take("node", "");
  x.ledger = line.take("ledger", "");
  x.query.stream = line.take("stream", "");
  x.query.kind = line.take("kind", "");
  x.query.zone = line.take("zone", "");
  x.follow = line.take_flag("follow");
  x.lines = line.take_flag("json") || ::isatty(STDOUT_FILENO) == 0;
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

int events_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  wishes want;
  if (auto err = take_wishes(line, want))
    return complain("vpaas events", err);
  auto setup = take_tool_setup(line);
  if (!setup)
    return complain("vpaas events", setup.error());
  auto err = run(want, *setup);
  return err ? complain("vpaas events", err) : 0;
}

} // namespace vpaas
