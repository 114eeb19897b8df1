#include "actors/control/stream_orders.hpp"

#include "messages/clips.hpp"
#include "messages/deployment.hpp"
#include "runtime/error.hpp"
#include "runtime/node/settings.hpp"
#include "runtime/registry_records.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace vpaas {

namespace {

constexpr const char* cameras = "cameras";
constexpr const char* spool = "chunk_spool";

caf::error start(node_asker& tool, const found_node& where,
                 const std::string& parent, const child_spec& spec) {
  auto to = tool.actor<supervisor_actor>(where, parent);
  if (!to)
    return std::move(to.error());
  auto started = tool.ask<caf::actor>(*to, start_atom_v, spec);
  return started ? caf::error{} : std::move(started.error());
}

caf::error remove(node_asker& tool, const found_node& where,
                  const std::string& parent, const std::string& name) {
  auto from = tool.actor<supervisor_actor>(where, parent);
  return from ? tool.tell(*from, remove_atom_v, name) : std::move(from.error());
}

/// What this store has of its video goes too.
template <class Store>
caf::error forget_video(node_asker& tool, const found_node& fog,
                        const char* store, const std::string& name) {
  auto from = tool.actor<Store>(fog, store);
  if (!from) // it keeps none
    return from.error() == ec::not_found ? caf::error{}
                                         : std::move(from.error());
  return tool.tell(*from, remove_atom_v, name);
}

child_spec camera_of(const std::string& name, const json& parameters) {
  child_spec result;
  result.name = name;
  result.kind = "camera";
  auto mine = json::object();
  for (auto* key : {"source", "format", "rtsp", "real_time", "loop",
                    "open_timeout", "stall_timeout"})
    if (parameters.contains(key))
      mine[key] = parameters.at(key);
  mine["stream"] = name;
  mine["with_stream"] = true;
  result.parameters = document{std::move(mine)};
  return result;
}

/// The registry of the backend that a fog knows; none where it knows none.
caf::expected<registry_actor> registry_behind(node_asker& tool,
                                              const found_node& fog) {
  auto nodes = tool.ask<std::vector<node_info>>(fog.handle, nodes_atom_v);
  if (!nodes)
    return std::move(nodes.error());
  for (auto& x : *nodes) {
    if (x.tier != to_string(tier::backend))
      continue;
    auto handle = tool.ask<caf::actor>(fog.handle, resolve_atom_v, x);
    if (!handle)
      return std::move(handle.error());
    return tool.actor<registry_actor>(
      {x, caf::actor_cast<node_actor>(*handle), ""}, registry_name);
  }
  return registry_actor{};
}

/// It shall be there after a restart of the fog.
caf::error remember_stream(node_asker& tool, const found_node& fog,
                           const std::string& client, const std::string& name,
                           json parameters) {
  auto store = registry_behind(tool, fog);
  if (!store)
    return std::move(store.error());
  if (!*store)
    return caf::none;
  desired_stream x;
  x.fog = fog.info.name;
  x.name = name;
  x.client = client;
  x.parameters = document{std::move(parameters)};
  return tool.tell(*store, record_atom_v, document{to_json_value(x)});
}

caf::error forget_stream(node_asker& tool, const found_node& fog,
                         const std::string& name) {
  auto store = registry_behind(tool, fog);
  if (!store)
    return std::move(store.error());
  return *store ? tool.tell(*store, stop_atom_v, fog.info.name, name)
                : caf::error{};
}

} // namespace

std::string stream_path(const std::string& name) {
  return std::string{streams_path} + "/" + name;
}

caf::expected<found_node> neighbour(node_asker& tool, const found_node& of,
                                    const std::string& name) {
  node_info who;
  who.name = name;
  auto handle = tool.ask<caf::actor>(of.handle, resolve_atom_v, who);
  if (!handle)
    return std::move(handle.error());
  return found_node{who, caf::actor_cast<node_actor>(*handle), ""};
}

caf::error start_camera(node_asker& tool, const found_node& client,
                        const std::string& name, const json& parameters) {
  return start(tool, client, cameras, camera_of(name, parameters));
}

bool has_camera(node_asker& tool, const found_node& client,
                const std::string& name) {
  auto tree = tool.ask<std::vector<tree_entry>>(client.handle, tree_atom_v);
  auto is_it = [&](const tree_entry& x) {
    return x.path == std::string{cameras} + "/" + name;
  };
  return tree && std::any_of(tree->begin(), tree->end(), is_it);
}

caf::error start_reader(node_asker& tool, const found_node& fog,
                        const std::string& client, const std::string& name,
                        json parameters) {
  if (!client.empty()) {
    parameters.erase("source");
    parameters["camera"] = client + ":" + cameras + "/" + name;
  }
  child_spec spec;
  spec.name = name;
  spec.kind = "stream";
  spec.parameters = document{std::move(parameters)};
  return start(tool, fog, streams_path, spec);
}

caf::error start_stream(node_asker& tool, const found_node& fog,
                        const found_node* client, const std::string& name,
                        json parameters) {
  auto at = client ? client->info.name : std::string{};
  if (client)
    if (auto err = start_camera(tool, *client, name, parameters))
      return err;
  if (auto err = start_reader(tool, fog, at, name, parameters))
    return err;
  auto err = remember_stream(tool, fog, at, name, std::move(parameters));
  return err ? caf::make_error(ec::io, name
                                         + " runs, but its backend does not "
                                           "keep it: "
                                         + cause_of(err)
                                         + "; add it again when its fog was "
                                           "started anew")
             : caf::error{};
}

caf::error end_stream(node_asker& tool, const found_node& fog,
                      const found_node* client, const std::string& name) {
  if (auto err = forget_stream(tool, fog, name))
    return err; // it would be started again
  auto gone = remove(tool, fog, streams_path, name);
  if (gone && !(client && gone == ec::not_found))
    return gone;
  if (auto err = forget_video<spool_actor>(tool, fog, spool, name))
    return err;
  if (auto err = forget_video<clip_actor>(tool, fog, clip_store_name, name))
    return err;
  return client ? remove(tool, *client, cameras, name) : caf::error{};
}

} // namespace vpaas
