#include "actors/fog/chunk_spool.hpp"
#include "actors/fog/clip_store.hpp"
#include "actors/fog/ledger_keeper.hpp"
#include "actors/fog/result_file.hpp"
#include "actors/fog/results.hpp"
#include "kinds.hpp"
#include "spawn.hpp"
#include "system.hpp"

#include <filesystem>

namespace vpaas {

namespace {

caf::expected<caf::actor> spawn_ledger(const spawn_context& x,
                                       const std::string& folder) {
  ledger_keeper_config cfg;
  cfg.database.connection
    = placed_in(folder, x.parameters.get<std::string>("connection"));
  cfg.database.patience = x.parameters.get<caf::timespan>("patience");
  cfg.keep.max_age = x.parameters.get<caf::timespan>("max_age");
  cfg.keep.max_rows = x.parameters.get<uint64_t>("max_rows");
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, ledger_keeper, std::move(cfg));
}

actor_kind ledger_kind(const std::string& folder) {
  return {"ledger",
          "keeps one result of each keyframe in a database",
          {text("connection", "ledger.db",
                "file, sqlite3://FILE or postgresql://host=... dbname=..."),
           duration("patience", "2s", 0, 600, "for a lock or a server"),
           duration("max_age", "720h", 0, 1e9, "of a result; 0s: for ever"),
           integer("max_rows", 10'000'000, 0, 1e12, "kept; 0: any number")},
          true,
          [folder](const spawn_context& x) { return spawn_ledger(x, folder); }};
}

caf::expected<caf::actor> spawn_results(const spawn_context& x) {
  results_config cfg;
  cfg.node = x.node;
  cfg.ledger = x.parameters.get<std::string>("ledger");
  cfg.max_waiting = x.parameters.get<size_t>("waiting");
  cfg.max_queue = x.parameters.get<size_t>("queue");
  cfg.max_subscribers = x.parameters.get<size_t>("subscribers");
  if (auto err = cfg.validate())
    return err;
  auto file = x.parameters.get<std::string>("file");
  if (!file.empty())
    cfg.writer = [&system = x.system, file] {
      return caf::actor_cast<caf::actor>(
        system.spawn<caf::detached>(result_file, file));
    };
  return spawn_as_told(x, results, std::move(cfg));
}

actor_kind results_kind() {
  return {"results",
          "takes results to the ledger, to a file and to subscribers",
          {text("ledger", "ledger", "name of the ledger; empty: none"),
           text("file", "", "gets every result as a line of JSON; empty: none"),
           integer("waiting", 10'000, 1, 1e9, "results that are not on disk"),
           integer("queue", 1000, 1, 1e9, "results that wait for a subscriber"),
           integer("subscribers", 64, 0, 1e6, "at most")},
          false,
          spawn_results};
}

caf::expected<caf::actor> spawn_spool(const spawn_context& x,
                                      const std::filesystem::path& folder) {
  chunk_spool_config cfg;
  cfg.folder = folder / x.parameters.get<std::string>("folder");
  cfg.limits.max_bytes = x.parameters.get<uint64_t>("max_bytes");
  cfg.limits.max_age = x.parameters.get<caf::timespan>("max_age");
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, chunk_spool, std::move(cfg),
                       wall_clock{caf::make_timestamp});
}

actor_kind spool_kind(const std::string& folder) {
  return {"chunk_spool",
          "keeps segments on disk until their keyframes are answered",
          {text("folder", "spool", "relative to the node's [store] folder"),
           size("max_bytes", "4GiB", 1 << 20, 1e12, "of disk"),
           duration("max_age", "24h", 1, 1e9, "of a segment")},
          true,
          [folder](const spawn_context& x) { return spawn_spool(x, folder); }};
}

caf::expected<caf::actor>
spawn_clip_store(const spawn_context& x, const std::filesystem::path& folder) {
  clip_store_config cfg;
  cfg.folder = folder / x.parameters.get<std::string>("folder");
  cfg.limits.max_bytes = x.parameters.get<uint64_t>("max_bytes");
  cfg.limits.max_age = x.parameters.get<caf::timespan>("max_age");
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, clip_store, std::move(cfg));
}

actor_kind clip_kind(const std::string& folder) {
  return {
    clip_store_name,
    "keeps video around events on disk",
    {text("folder", "clips", "relative to the node's [store] folder"),
     size("max_bytes", "1GiB", 1 << 20, 1e12, "of disk, a stream"),
     duration("max_age", "168h", 1, 1e9, "of a clip")},
    true,
    [folder](const spawn_context& x) { return spawn_clip_store(x, folder); }};
}

} // namespace

actor_kinds result_kinds(const settings& config) {
  auto folder = data_folder(config);
  return {ledger_kind(folder), results_kind(), spool_kind(folder),
          clip_kind(folder)};
}

} // namespace vpaas
