#include "actors/control/stream_orders.hpp"

#include "messages/clips.hpp"
#include "runtime/error.hpp"

namespace vpaas {

namespace {

constexpr const char* streams = "streams";
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

} // namespace

caf::error start_stream(node_asker& tool, const found_node& fog,
                        const found_node* client, const std::string& name,
                        json parameters) {
  if (client) {
    if (auto err = start(tool, *client, cameras, camera_of(name, parameters)))
      return err;
    parameters.erase("source");
    parameters["camera"] = client->info.name + ":" + cameras + "/" + name;
  }
  child_spec spec;
  spec.name = name;
  spec.kind = "stream";
  spec.parameters = document{std::move(parameters)};
  return start(tool, fog, streams, spec);
}

caf::error end_stream(node_asker& tool, const found_node& fog,
                      const found_node* client, const std::string& name) {
  auto gone = remove(tool, fog, streams, name);
  if (gone && !(client && gone == ec::not_found))
    return gone;
  if (auto err = forget_video<spool_actor>(tool, fog, spool, name))
    return err;
  if (auto err = forget_video<clip_actor>(tool, fog, clip_store_name, name))
    return err;
  return client ? remove(tool, *client, cameras, name) : caf::error{};
}

} // namespace vpaas
