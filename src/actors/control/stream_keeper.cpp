#include "actors/control/stream_keeper.hpp"

#include "actors/control/stream_orders.hpp"
#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/node/settings.hpp"
#include "runtime/pulse.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// For all that is asked of one fog.
constexpr auto fog_time = std::chrono::minutes(2);

bool is_in(const std::vector<tree_entry>& tree, const std::string& path) {
  return std::any_of(tree.begin(), tree.end(),
                     [&](auto& x) { return x.path == path; });
}

} // namespace

caf::error stream_keeper_config::validate() const {
  if (period.count() <= 0 || patience.count() <= 0 || seldom == 0)
    return caf::make_error(ec::bad_config, "stream_keeper: period, patience "
                                           "and seldom must be positive");
  return caf::none;
}

void stream_keeper_state::begin(stream_keeper_config x) {
  cfg = std::move(x);
  clock.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

status_report stream_keeper_state::status() const {
  return report(self, "ready", counts);
}

void stream_keeper_state::noted(const caf::error& cause) {
  if (cause)
    counts.last_error = describe(cause);
}

caf::expected<std::vector<desired_stream>>
stream_keeper_state::desired(node_asker& tool, const found_node& here) {
  auto store = tool.actor<registry_actor>(here, registry_name);
  if (!store)
    return std::move(store.error());
  auto all = tool.ask<document>(*store, read_atom_v);
  if (!all)
    return std::move(all.error());
  std::vector<desired_stream> result;
  if (auto err = from_json_value(all->value().value("streams", json::array()),
                                 result, "streams"))
    return err;
  return result;
}

void stream_keeper_state::look() {
  ++counts.looks;
  counts.last_error.clear();
  node_asker tool{self->system(), cfg.patience};
  found_node here{{}, caf::actor_cast<node_actor>(cfg.node), ""};
  long_step allow{fog_time};
  auto wanted = desired(tool, here);
  counts.streams = wanted ? wanted->size() : counts.streams;
  noted(wanted ? caf::error{} : wanted.error());
  auto nodes = tool.ask<std::vector<node_info>>(here.handle, nodes_atom_v);
  if (wanted && nodes)
    for (auto& x : *nodes) {
      auto is_its = [&](auto& y) { return y.fog == x.name && !y.ended; };
      if (x.tier != to_string(tier::fog)
          || std::none_of(wanted->begin(), wanted->end(), is_its))
        continue;
      beat();
      auto handle = tool.ask<caf::actor>(here.handle, resolve_atom_v, x);
      if (handle)
        look_at(tool, here, {x, caf::actor_cast<node_actor>(*handle), ""},
                *wanted);
    }
  clock.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void stream_keeper_state::look_at(node_asker& tool, const found_node& here,
                                  const found_node& fog,
                                  const std::vector<desired_stream>& wanted) {
  auto tree = tool.ask<std::vector<tree_entry>>(fog.handle, tree_atom_v);
  if (!tree)
    return noted(tree.error());
  if (!is_in(*tree, streams_path))
    return; // it has none
  for (auto& x : wanted) {
    if (x.fog != fog.info.name || x.ended)
      continue;
    auto there = is_in(*tree, stream_path(x.name));
    if (there && counts.looks % cfg.seldom == 0)
      note_end(tool, here, fog, x);
    restore(tool, fog, x, there);
    beat();
  }
}

void stream_keeper_state::restore(node_asker& tool, const found_node& fog,
                                  const desired_stream& x, bool is_there) {
  if (is_there && (x.client.empty() || counts.looks % cfg.seldom != 0))
    return;
  caf::expected<found_node> client{found_node{}};
  if (!x.client.empty()) {
    client = neighbour(tool, fog, x.client);
    if (!client)
      return noted(client.error());
  }
  auto camera = x.client.empty() || has_camera(tool, *client, x.name);
  if (is_there && camera)
    return;
  auto& parameters = x.parameters.value();
  caf::error err;
  if (!camera)
    err = start_camera(tool, *client, x.name, parameters);
  if (!err && !is_there)
    err = start_reader(tool, fog, x.client, x.name, parameters);
  if (err)
    return noted(err);
  ++counts.started;
  spdlog::info("started {} on {} again", x.name, fog.info.name);
}

void stream_keeper_state::note_end(node_asker& tool, const found_node& here,
                                   const found_node& fog, desired_stream x) {
  auto said = tool.ask<status_report>(fog.handle, status_atom_v,
                                      stream_path(x.name) + "/coordinator");
  if (!said || said->state != "ended")
    return;
  x.ended = true;
  auto store = tool.actor<registry_actor>(here, registry_name);
  auto err = store
               ? tool.tell(*store, record_atom_v, document{to_json_value(x)})
               : std::move(store.error());
  noted(err);
  counts.ended += err ? 0 : 1;
}

observable_actor::behavior_type
stream_keeper(observable_actor::stateful_pointer<stream_keeper_state> self,
              stream_keeper_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
  };
}

} // namespace vpaas
