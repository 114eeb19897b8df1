#include "actors/control/monitor.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/node/settings.hpp"

#include <utility>

namespace vpaas {

namespace {

constexpr const char* away = "away";

} // namespace

caf::error monitor_config::validate() const {
  if (period.count() <= 0 || often == 0 || seldom == 0)
    return caf::make_error(ec::bad_config, "monitor: period, often and seldom "
                                           "must be positive");
  return caf::none;
}

monitor_state::monitor_state(
  monitor_actor::stateful_pointer<monitor_state> self)
  : self(self) {
  // nop
}

void monitor_state::begin(monitor_config x) {
  cfg = std::move(x);
  look();
}

system_snapshot monitor_state::view() const {
  auto result = std::make_shared<system_view>();
  result->time = caf::make_timestamp();
  for (auto& x : nodes)
    result->nodes.push_back(x.second);
  return {std::move(result)};
}

status_report monitor_state::status() const {
  monitor_status x;
  x.looks = looks;
  x.nodes = nodes.size();
  for (auto& y : nodes) {
    x.silent += y.second.state != "up";
    x.actors += y.second.actors.size();
  }
  return report(self, "ready", x);
}

void monitor_state::look() {
  for (auto& [name, x] : nodes)
    if (looks > 0 && seen.count(name) == 0)
      leave(x);
  seen.clear();
  ++looks;
  auto here = caf::actor_cast<node_actor>(cfg.node);
  asking.send(self, here, cfg.patience, nodes_atom_v)
    .then([this, here](const std::vector<node_info>& xs) { take(xs, here); },
          [](const caf::error&) {
            // this node ends
          });
  clock.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void monitor_state::take(const std::vector<node_info>& xs,
                         const node_actor& by) {
  for (size_t i = 0; i < xs.size(); ++i) {
    auto& x = xs[i];
    if (!seen.insert(x.name).second)
      continue;
    if (i == 0) { // it names itself first
      look_at(x, by);
      continue;
    }
    auto& known = nodes[x.name];
    known.info = x;
    asking.send(self, by, cfg.patience, resolve_atom_v, x)
      .then(
        [this, x](const caf::actor& handle) {
          look_at(x, caf::actor_cast<node_actor>(handle));
        },
        [this, name = x.name](const caf::error& cause) {
          failed(name, cause);
        });
  }
}

void monitor_state::look_at(const node_info& x, const node_actor& handle) {
  auto& known = nodes[x.name];
  known.info = x;
  watch(known, handle);
  if (!looking.insert(x.name).second)
    return; // it has not answered the last time
  asking.send(self, handle, cfg.patience, tree_atom_v)
    .then([this, name = x.name](
            std::vector<tree_entry>& found) { take_tree(name, found); },
          [this, name = x.name](const caf::error& cause) {
            looking.erase(name);
            failed(name, cause);
          });
  if (looks % cfg.seldom == 1)
    ask(x.name, "");
  if (x.tier != to_string(tier::fog) || handle == cfg.node)
    return;
  asking.send(self, handle, cfg.patience, nodes_atom_v)
    .then(
      [this, handle](const std::vector<node_info>& xs) { take(xs, handle); },
      [](const caf::error&) {
        // its tree does not come either
      });
}

void monitor_state::take_tree(const std::string& name,
                              std::vector<tree_entry>& xs) {
  looking.erase(name);
  auto& x = nodes[name];
  x.state = "up";
  x.problem.clear();
  std::map<std::string, std::shared_ptr<const status_report>> still;
  if (auto own = x.actors.find(""); own != x.actors.end())
    still.insert(*own);
  for (auto& y : xs) {
    if (y.kind == supervisor_kind || still.size() >= cfg.max_actors)
      continue;
    auto known = x.actors.find(y.path);
    if (known != x.actors.end())
      still.insert(*known);
    if (known == x.actors.end() || is_due(y))
      ask(name, y.path);
  }
  x.actors = std::move(still);
  x.tree = std::make_shared<const std::vector<tree_entry>>(std::move(xs));
}

bool monitor_state::is_due(const tree_entry& x) const {
  auto is_stream = x.kind == "coordinator" || x.kind == "camera";
  return looks % (is_stream ? cfg.often : cfg.seldom) == 0;
}

void monitor_state::ask(const std::string& name, const std::string& path) {
  asking.send(self, nodes[name].handle, cfg.patience, status_atom_v, path)
    .then(
      [this, name, path](status_report& x) {
        nodes[name].actors[path]
          = std::make_shared<const status_report>(std::move(x));
      },
      [](const caf::error&) {
        // The tree says it.
      });
}

void monitor_state::watch(viewed_node& x, const node_actor& handle) {
  if (x.handle == handle)
    return;
  if (x.handle)
    self->demonitor(x.handle.address());
  x.handle = handle;
  self->monitor(handle);
}

void monitor_state::leave(viewed_node& x) {
  if (x.handle)
    self->demonitor(x.handle.address());
  x.handle = nullptr;
  x.state = away;
  x.problem = "it left, or cannot be reached";
}

void monitor_state::forget(const caf::down_msg& x) {
  for (auto& [name, node] : nodes)
    if (node.handle && node.handle.address() == x.source)
      leave(node);
  asking.forget(self, x);
}

void monitor_state::failed(const std::string& name, const caf::error& cause) {
  auto& x = nodes[name];
  if (x.state == away && !x.handle)
    return; // what was asked of it before
  x.state = "silent";
  x.problem = describe(cause);
}

monitor_actor::behavior_type
monitor(monitor_actor::stateful_pointer<monitor_state> self,
        monitor_config cfg) {
  self->set_down_handler(
    [self](const caf::down_msg& x) { self->state.forget(x); });
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
    [self](read_atom) { return self->state.view(); },
  };
}

} // namespace vpaas
