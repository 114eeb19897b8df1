#include "actors/learning/collector.hpp"
#include "actors/learning/data_collector.hpp"
#include "actors/learning/trainer.hpp"
#include "kinds.hpp"
#include "runtime/name.hpp"
#include "spawn.hpp"
#include "system.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// A folder for what is learnt beyond these first heads.
std::string folder_of(const std::string& data, std::string heads) {
  std::replace_if(
    heads.begin(), heads.end(),
    [](char c) { return !is_name(std::string(1, c)) && c != '.'; }, '_');
  return data + "/heads/" + heads;
}

} // namespace

actor_kind collector_kind(const settings& config,
                          const network_worlds& networks,
                          const std::shared_ptr<crop_outlet>& from) {
  auto folder = data_folder(config);
  auto name = config.get<std::string>("node", "name");
  auto spawn = [folder, name, from,
                networks](const spawn_context& x) -> caf::expected<caf::actor> {
    collector_config cfg;
    cfg.node = x.node;
    cfg.node_name = name;
    cfg.heads = x.parameters.get<std::string>("heads");
    cfg.folder = folder_of(folder, cfg.heads);
    cfg.ring.max_bytes = x.parameters.get<size_t>("max_bytes");
    cfg.sure = x.parameters.get<float>("sure");
    cfg.usual = x.parameters.get<uint64_t>("usual");
    cfg.trial_share = x.parameters.get<double>("trial_share");
    cfg.from = from;
    cfg.read = networks.classifiers.heads;
    cfg.write = networks.write_heads;
    if (auto err = cfg.validate())
      return err;
    return spawn_as_told(x, collector, std::move(cfg));
  };
  return {
    "collector",
    "keeps crops that somebody could name, and uses what was learnt",
    {text("heads", "", "the first ones, as the classifier's"),
     size("max_bytes", "64MiB", 1 << 16, 1e12, "of memory for crops"),
     number("sure", 0.9, 0.01, 1, "score from which nobody is asked"),
     integer("usual", 16, 0, 1e6, "of so many sure crops one is kept; 0: none"),
     number("trial_share", 1, 0.001, 1,
            "of the streams, that use heads while they are on trial")},
    true,
    spawn};
}

actor_kinds learning_kinds(const settings& config) {
  auto folder = data_folder(config);
  auto labels = [folder](const spawn_context& x) -> caf::expected<caf::actor> {
    data_collector_config cfg;
    cfg.node = x.node;
    cfg.database.connection
      = placed_in(folder, x.parameters.get<std::string>("connection"));
    cfg.max_crops = x.parameters.get<size_t>("max_crops");
    cfg.budget = x.parameters.get<uint64_t>("budget");
    cfg.window = x.parameters.get<caf::timespan>("window");
    if (auto err = cfg.validate())
      return err;
    return spawn_as_told(x, data_collector, std::move(cfg));
  };
  auto training = [](const spawn_context& x) -> caf::expected<caf::actor> {
    trainer_config cfg;
    cfg.node = x.node;
    cfg.batch = x.parameters.get<uint64_t>("batch");
    cfg.how.snapshots = x.parameters.get<size_t>("snapshots");
    cfg.how.choice.reservoir = x.parameters.get<size_t>("reservoir");
    cfg.how.choice.hold_out = x.parameters.get<uint64_t>("hold_out");
    cfg.trial.longest = x.parameters.get<caf::timespan>("trial");
    cfg.trial.lead = x.parameters.get<uint64_t>("lead");
    if (auto err = cfg.validate())
      return err;
    return spawn_as_told(x, trainer, std::move(cfg));
  };
  return {
    {"data_collector",
     "keeps what people said of crops, and asks for more",
     {text("connection", "data.db",
           "file, sqlite3://FILE or postgresql://host=... dbname=..."),
      integer("max_crops", 5000, 1, 1e6, "that wait for a label"),
      integer("budget", 0, 0, 1e9, "labels in a window; 0: any number"),
      duration("window", "1h", 1, 1e9, "of the budget")},
     true,
     labels},
    {"trainer",
     "makes heads of labels, and puts them to use where they are no worse",
     {integer("batch", 1, 1, 10'000, "labels that are waited for"),
      integer("snapshots", 4, 1, 100, "of heads that are combined"),
      integer("reservoir", 100, 1, 1e6, "earlier labels of each class"),
      integer("hold_out", 4, 2, 1000, "one run of frames of so many judges"),
      duration("trial", "0s", 0, 1e9,
               "of new heads, on streams of trial_share; 0s: none"),
      integer("lead", 5, 1, 1000,
              "crops by which a trial is won or lost before its end")},
     true,
     training}};
}

} // namespace vpaas
