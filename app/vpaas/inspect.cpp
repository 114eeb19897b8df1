#include "messages/protocol.hpp"
#include "runtime/address.hpp"
#include "runtime/json.hpp"
#include "runtime/node/probe.hpp"
#include "system.hpp"
#include "verbs.hpp"

#include <caf/io/all.hpp>
#include <caf/openssl/all.hpp>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <set>
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
    "  --openssl.KEY=FILE   certificate, key, cafile: as a node's\n";

/// A node that was asked for, and whether it answered.
struct found_node {
  node_info info; ///< only the address where it did not answer
  node_actor handle;
  std::string problem;
};

/// Finds nodes and asks them, each question with a finite timeout.
class inspector {
public:
  inspector(const settings& config, caf::actor_system& sys, bool tls)
    : sys_(sys), self_(sys), tls_(tls),
      timeout_(config.get<caf::timespan>("tool", "timeout")),
      addresses_(config.get<std::vector<std::string>>("tool", "nodes")) {
    if (addresses_.empty())
      addresses_ = local_addresses();
  }

  /// The nodes at the given addresses, and those that they know.
  std::vector<found_node> nodes() {
    std::map<std::string, found_node> found; // by address
    auto todo = addresses_;
    while (!todo.empty()) {
      auto address = todo.back();
      todo.pop_back();
      if (found.count(address) != 0)
        continue;
      auto& x = found[address] = contact(address);
      if (!x.handle)
        continue;
      for (const auto& known : known_by(x.handle))
        todo.push_back(known.address);
    }
    return without_repeats(found);
  }

  caf::expected<found_node> node(const std::string& name) {
    std::string known;
    for (auto& x : nodes()) {
      if (x.handle && x.info.name == name)
        return x;
      if (x.handle)
        known += (known.empty() ? "" : ", ") + x.info.name;
    }
    return caf::make_error(ec::not_found, "no node \"" + name
                                            + "\" answers; these do: "
                                            + (known.empty() ? "none" : known));
  }

  template <class T, class... Ts>
  caf::expected<T> ask(const node_actor& node, const Ts&... xs) {
    caf::expected<T> result{caf::none};
    self_->request(node, timeout_, xs...)
      .receive([&](const T& x) { result = x; },
               [&](const caf::error& x) { result = x; });
    return result;
  }

private:
  found_node contact(const std::string& address) {
    found_node result;
    result.info.address = address;
    auto place = parse_address(address);
    if (!place) {
      result.problem = cause_of(place.error());
      return result;
    }
    const auto& [host, port] = *place;
    // The middleman would wait for minutes for a host that is not there.
    auto open = probe_port(host, port, timeout_);
    if (!open) {
      result.problem = cause_of(open.error());
      return result;
    }
    auto handle = connect(host, port);
    auto info = handle ? ask<node_info>(*handle, hello_atom_v, node_info{},
                                        caf::actor{})
                       : caf::expected<node_info>{handle.error()};
    if (!info) {
      result.problem = describe(info.error());
      return result;
    }
    result.info = *info;
    result.handle = *handle;
    return result;
  }

  caf::expected<node_actor> connect(const std::string& host, uint16_t port) {
    if (tls_)
      return caf::openssl::remote_actor<node_actor>(sys_, host, port);
    return sys_.middleman().remote_actor<node_actor>(host, port);
  }

  std::vector<node_info> known_by(const node_actor& x) {
    auto result = ask<std::vector<node_info>>(x, nodes_atom_v);
    return result ? *result : std::vector<node_info>{};
  }

  /// One node may have been found under two addresses.
  static std::vector<found_node>
  without_repeats(const std::map<std::string, found_node>& found) {
    std::vector<found_node> result;
    std::set<uint64_t> seen;
    for (const auto& x : found)
      if (!x.second.handle || seen.insert(x.second.info.incarnation).second)
        result.push_back(x.second);
    return result;
  }

  caf::actor_system& sys_;
  caf::scoped_actor self_;
  bool tls_;
  caf::timespan timeout_;
  std::vector<std::string> addresses_;
};

using table = std::vector<std::vector<std::string>>;

/// Prints columns as wide as their widest cell.
void print(const table& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], row[i].size());
    }
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i)
      std::cout << (i ? "  " : "") << row[i]
                << (i + 1 < row.size()
                      ? std::string(widths[i] - row[i].size(), ' ')
                      : "");
    std::cout << '\n';
  }
}

std::string age(caf::timespan x) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(x).count();
  if (seconds < 120)
    return std::to_string(seconds) + "s";
  if (seconds < 7200)
    return std::to_string(seconds / 60) + "min";
  return std::to_string(seconds / 3600) + "h";
}

caf::error show_nodes(inspector& tool, bool as_json) {
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
    std::cout << all.dump(2) << '\n';
  else
    print(rows);
  if (answers > 0)
    return caf::none;
  return caf::make_error(ec::not_found,
                         "no node answers; start one, or name one with "
                         "--nodes=HOST:PORT");
}

caf::error show_tree(inspector& tool, const found_node& node, bool as_json) {
  auto tree = tool.ask<std::vector<tree_entry>>(node.handle, tree_atom_v);
  if (!tree)
    return tree.error();
  if (as_json) {
    std::cout << to_json_value(*tree).dump(2) << '\n';
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
                << (value.is_string() ? value.get<std::string>() : value.dump())
                << '\n';
}

caf::error show_actor(inspector& tool, const found_node& node,
                      const std::string& path, bool as_json) {
  auto status = tool.ask<status_report>(node.handle, status_atom_v, path);
  if (!status)
    return status.error();
  if (as_json)
    std::cout << to_json_value(*status).dump(2) << '\n';
  else {
    std::cout << "kind: " << status->kind << "\nstate: " << status->state
              << "\nmailbox: " << status->mailbox << '\n';
    print_fields(status->details.value(), "");
  }
  return caf::none;
}

caf::error show(inspector& tool, const std::string& what, bool as_json) {
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
caf::error run(const settings& config, bool tls, const std::string& what,
               bool as_json, caf::timespan again) {
  node_system_config cfg{config, tls};
  caf::actor_system sys{cfg};
  inspector tool{config, sys, tls};
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

/// `--nodes=a:1,b:2` is `--tool.nodes=["a:1","b:2"]`.
std::string as_list(const std::string& text) {
  auto result = json::array();
  for (size_t from = 0; from <= text.size();) {
    auto to = std::min(text.find(',', from), text.size());
    result.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return result.dump();
}

} // namespace

int inspect_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto file = line.take("config-file", "");
  auto nodes = line.take("nodes", "");
  auto as_json = line.take_flag("json");
  auto span = line.take("watch", "never");
  auto again = span == "never" ? caf::expected<caf::timespan>{caf::timespan{0}}
                               : parse_duration(span.empty() ? "2s" : span);
  auto changes = line.take_overrides();
  if (!changes)
    return complain("vpaas inspect", changes.error());
  if (!again)
    return complain("vpaas inspect", again.error());
  if (line.words().size() > 1)
    return complain("vpaas inspect",
                    caf::make_error(ec::bad_config, "write one NODE or "
                                                    "NODE/ACTOR; see --help"));
  if (!nodes.empty())
    changes->emplace_back("tool.nodes", as_list(nodes));
  auto config = read_settings(file, tool_options(), *changes);
  if (!config)
    return complain("vpaas inspect", config.error());
  auto tls = check_tls(tls_paths(*config));
  if (!tls)
    return complain("vpaas inspect", tls.error());
  auto what = line.words().empty() ? "" : line.words().front();
  auto err = run(*config, *tls, what, as_json, *again);
  return err ? complain("vpaas inspect", err) : 0;
}

} // namespace vpaas
