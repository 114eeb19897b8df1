#include "node_finder.hpp"

#include "runtime/address.hpp"
#include "runtime/json.hpp"
#include "runtime/node/probe.hpp"
#include "runtime/node/transport.hpp"
#include "runtime/shipped.hpp"
#include "system.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace vpaas {

namespace {

/// `--nodes=a:1,b:2` is `--tool.nodes=["a:1","b:2"]`.
std::string as_list(const std::string& text) {
  auto result = json::array();
  for (size_t from = 0; from <= text.size();) {
    auto to = std::min(text.find(',', from), text.size());
    result.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return as_text(result, -1);
}

} // namespace

std::string tool_file(const std::string& given) {
  auto shipped = shipped_path("config/vpaas.ini");
  std::error_code failed;
  return given.empty() && std::filesystem::exists(shipped, failed) ? shipped
                                                                   : given;
}

caf::expected<tool_setup> take_tool_setup(command_line& line) {
  auto file = tool_file(line.take("config-file", ""));
  auto nodes = line.take("nodes", "");
  auto changes = line.take_overrides();
  if (!changes)
    return changes.error();
  if (!nodes.empty())
    changes->emplace_back("tool.nodes", as_list(nodes));
  auto config = read_settings(file, tool_options(), *changes);
  if (!config)
    return config.error();
  auto own = credentials_of(*config);
  if (!own)
    return std::move(own.error());
  return tool_setup{std::move(*config), std::move(*own)};
}

node_finder::node_finder(const tool_setup& setup, caf::actor_system& sys)
  : node_asker(sys, setup.config.get<caf::timespan>("tool", "timeout")),
    addresses_(setup.config.get<std::vector<std::string>>("tool", "nodes")) {
  if (addresses_.empty())
    addresses_ = local_addresses();
}

std::vector<found_node> node_finder::nodes() {
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

caf::expected<found_node> node_finder::node(const std::string& name) {
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

caf::expected<found_node> node_finder::node(const std::string& what,
                                            tier otherwise) {
  if (what.find(':') != std::string::npos) {
    auto result = contact(what);
    if (result.handle)
      return result;
    return caf::make_error(ec::not_found,
                           "no node at " + what + ": " + result.problem);
  }
  if (!what.empty())
    return node(what);
  for (auto& x : nodes())
    if (x.handle && x.info.tier == to_string(otherwise))
      return x;
  return caf::make_error(ec::not_found,
                         "no " + to_string(otherwise)
                           + " node answers; start one, or name one with "
                             "--node=HOST:PORT");
}

caf::expected<std::vector<found_node>>
node_finder::nodes(const std::string& what, tier otherwise) {
  if (!what.empty()) {
    auto one = node(what, otherwise);
    if (!one)
      return std::move(one.error());
    return std::vector<found_node>{std::move(*one)};
  }
  std::vector<found_node> result;
  for (auto& x : nodes())
    if (x.handle && x.info.tier == to_string(otherwise))
      result.push_back(std::move(x));
  if (result.empty())
    return node(what, otherwise).error();
  return result;
}

caf::expected<found_node> node_finder::only_node(const std::string& what,
                                                 tier otherwise) {
  auto found = nodes(what, otherwise);
  if (!found)
    return std::move(found.error());
  if (found->size() == 1)
    return std::move(found->front());
  std::string names;
  for (auto& x : *found)
    names += (names.empty() ? "" : ", ") + x.info.name;
  return caf::make_error(ec::bad_config, "several " + to_string(otherwise)
                                           + " nodes answer: " + names
                                           + "; name one with --node=NAME");
}

found_node node_finder::contact(const std::string& address) {
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

caf::expected<node_actor> node_finder::connect(const std::string& host,
                                               uint16_t port) {
  auto found = find_published(sys_, host, port, timeout_);
  if (!found)
    return std::move(found.error());
  return caf::actor_cast<node_actor>(*found);
}

std::vector<node_info> node_finder::known_by(const node_actor& x) {
  auto result = ask<std::vector<node_info>>(x, nodes_atom_v);
  return result ? *result : std::vector<node_info>{};
}

std::vector<found_node>
node_finder::without_repeats(const std::map<std::string, found_node>& found) {
  std::vector<found_node> result;
  std::set<uint64_t> seen;
  for (const auto& x : found)
    if (!x.second.handle || seen.insert(x.second.info.incarnation).second)
      result.push_back(x.second);
  return result;
}

} // namespace vpaas
