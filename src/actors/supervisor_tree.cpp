// How a supervisor answers `tree`: it asks all children at once, and those that
// do not answer in time are shown as silent.

#include "actors/supervisor.hpp"

namespace vpaas {

struct supervisor_state::walk {
  caf::typed_response_promise<std::vector<tree_entry>> promise;
  std::vector<std::vector<tree_entry>> parts; ///< the first is the supervisor
  size_t open = 0;                            ///< parts that are still missing
};

caf::result<std::vector<tree_entry>> supervisor_state::tree() {
  auto x = std::make_shared<walk>();
  x->promise = self->make_response_promise<std::vector<tree_entry>>();
  tree_entry root;
  root.path = cfg.path;
  root.kind = supervisor_kind;
  root.state = state_name();
  root.mailbox = self->mailbox().size();
  root.uptime = now() - started;
  x->parts.push_back({root});
  x->open = 1; // nothing is complete while parts are added
  for (const auto& [id, entry] : plan->children()) {
    x->parts.push_back({describe_child(id)});
    look_into(id, x, x->parts.size() - 1);
  }
  seen(x);
  return x->promise;
}

tree_entry supervisor_state::describe_child(uint64_t id) const {
  const auto& planned = plan->children().at(id);
  const auto& spec = children.at(id).spec;
  tree_entry result;
  result.path = path_of(spec);
  result.kind = spec.kind;
  result.state = to_string(planned.phase);
  result.node = spec.node;
  result.detached = spec.detached;
  result.restarts = planned.restarts;
  result.reason = planned.reason;
  if (planned.phase == child_phase::ready)
    result.uptime = now() - planned.since;
  return result;
}

void supervisor_state::look_into(uint64_t id, const std::shared_ptr<walk>& x,
                                 size_t slot) {
  const auto& child = children.at(id);
  if (!child.handle)
    return;
  auto silent = [self = self, x, slot](const caf::error&) {
    auto& entry = x->parts[slot].front();
    entry.state = entry.state == "ready" ? "silent" : entry.state;
    self->state.seen(x);
  };
  if (child.spec.kind == supervisor_kind) {
    ++x->open;
    self
      ->request(caf::actor_cast<supervisor_actor>(child.handle),
                cfg.look_timeout, tree_atom_v)
      .then(
        [self = self, x, slot](std::vector<tree_entry>& below) {
          self->state.seen_below(x, slot, std::move(below));
        },
        silent);
  } else if (plan->children().at(id).phase == child_phase::ready) {
    ++x->open;
    self
      ->request(caf::actor_cast<observable_actor>(child.handle),
                cfg.look_timeout, status_atom_v)
      .then(
        [self = self, x, slot](const status_report& status) {
          x->parts[slot].front().mailbox = status.mailbox;
          self->state.seen(x);
        },
        silent);
  }
}

void supervisor_state::seen_below(const std::shared_ptr<walk>& x, size_t slot,
                                  std::vector<tree_entry> below) {
  auto& part = x->parts[slot];
  if (!below.empty()) {
    part.front().mailbox = below.front().mailbox;
    part.insert(part.end(), std::make_move_iterator(below.begin() + 1),
                std::make_move_iterator(below.end()));
  }
  seen(x);
}

void supervisor_state::seen(const std::shared_ptr<walk>& x) {
  if (--x->open != 0)
    return;
  std::vector<tree_entry> result;
  for (auto& part : x->parts)
    result.insert(result.end(), std::make_move_iterator(part.begin()),
                  std::make_move_iterator(part.end()));
  x->promise.deliver(std::move(result));
}

} // namespace vpaas
