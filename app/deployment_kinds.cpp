#include "actors/control/dispatcher.hpp"
#include "actors/control/registry.hpp"
#include "actors/control/stream_keeper.hpp"
#include "kinds.hpp"
#include "spawn.hpp"
#include "system.hpp"

namespace vpaas {

namespace {

caf::expected<caf::actor> spawn_registry(const spawn_context& x,
                                         const std::string& folder,
                                         const artifact_check& check) {
  registry_config cfg;
  cfg.database.connection
    = placed_in(folder, x.parameters.get<std::string>("connection"));
  cfg.database.patience = x.parameters.get<caf::timespan>("patience");
  cfg.folder = folder + "/files";
  cfg.quota = x.parameters.get<uint64_t>("quota");
  cfg.check = check;
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, registry, std::move(cfg));
}

caf::expected<caf::actor> spawn_dispatcher(const spawn_context& x) {
  dispatcher_config cfg;
  cfg.node = x.node;
  cfg.period = x.parameters.get<caf::timespan>("period");
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, dispatcher, std::move(cfg));
}

caf::expected<caf::actor> spawn_stream_keeper(const spawn_context& x) {
  stream_keeper_config cfg;
  cfg.node = x.node;
  cfg.period = x.parameters.get<caf::timespan>("period");
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, stream_keeper, std::move(cfg));
}

} // namespace

actor_kinds deployment_kinds(const settings& config,
                             const artifact_check& check) {
  auto folder = data_folder(config);
  actor_kind store{
    registry_name,
    "keeps models, heads and scripts, and what shall run where",
    {text("connection", "data.db",
          "file, sqlite3://FILE or postgresql://host=... dbname=..."),
     duration("patience", "2s", 0, 600, "for a lock or a server"),
     size("quota", "16GiB", 1 << 20, 1e14, "of disk, for files of models")},
    true,
    [folder, check](const spawn_context& x) {
      return spawn_registry(x, folder, check);
    }};
  actor_kind sender{"dispatcher",
                    "tells nodes what shall run there, and sends files",
                    {duration("period", "1s", 0.1, 600, "between two looks")},
                    false,
                    spawn_dispatcher};
  actor_kind keeper{"stream_keeper",
                    "lets streams be there after their fog's restart",
                    {duration("period", "2s", 0.1, 600, "between two looks")},
                    true,
                    spawn_stream_keeper};
  return {std::move(store), std::move(sender), std::move(keeper)};
}

} // namespace vpaas
