#include "actors/supervisor.hpp"

namespace vpaas {

namespace {

/// An answer that still waits for some of its parts.
struct walk {
  caf::typed_response_promise<std::vector<tree_entry>> promise;
  std::vector<std::vector<tree_entry>> parts; ///< the first is the supervisor
  size_t open = 0;                            ///< parts that are still missing

  /// One more part is complete.
  void seen() {
    if (--open != 0)
      return;
    std::vector<tree_entry> result;
    for (auto& part : parts)
      result.insert(result.end(), std::make_move_iterator(part.begin()),
                    std::make_move_iterator(part.end()));
    promise.deliver(std::move(result));
  }

  void seen_below(size_t slot, std::vector<tree_entry>& below) {
    auto& part = parts[slot];
    if (!below.empty()) {
      part.front().mailbox = below.front().mailbox;
      part.insert(part.end(), std::make_move_iterator(below.begin() + 1),
                  std::make_move_iterator(below.end()));
    }
    seen();
  }
};

tree_entry describe_root(const supervisor_state& st) {
  tree_entry result;
  result.path = st.cfg.path;
  result.kind = supervisor_kind;
  result.state = state_of(*st.plan);
  result.mailbox = st.self->mailbox().size();
  result.uptime = st.now() - st.started;
  return result;
}

tree_entry describe_child(const supervisor_state& st, uint64_t id) {
  const auto& planned = st.plan->children().at(id);
  const auto& spec = st.children.at(id).spec;
  tree_entry result;
  result.path = st.cfg.path_of(spec);
  result.kind = spec.kind;
  result.state = to_string(planned.phase);
  result.node = spec.node;
  result.detached = spec.detached;
  result.restarts = planned.restarts;
  result.reason = planned.reason;
  if (planned.phase == child_phase::ready)
    result.uptime = st.now() - planned.since;
  return result;
}

void look_into(supervisor_state& st, uint64_t id,
               const std::shared_ptr<walk>& x, size_t slot) {
  const auto& child = st.children.at(id);
  if (!child.handle)
    return;
  auto silent = [x, slot](const caf::error&) {
    auto& entry = x->parts[slot].front();
    entry.state = entry.state == "ready" ? "silent" : entry.state;
    x->seen();
  };
  if (child.spec.kind == supervisor_kind) {
    ++x->open;
    st.self
      ->request(caf::actor_cast<supervisor_actor>(child.handle),
                st.cfg.look_timeout, tree_atom_v)
      .then([x, slot](
              std::vector<tree_entry>& below) { x->seen_below(slot, below); },
            silent);
  } else if (st.plan->children().at(id).phase == child_phase::ready) {
    ++x->open;
    st.self
      ->request(caf::actor_cast<observable_actor>(child.handle),
                st.cfg.look_timeout, status_atom_v)
      .then(
        [x, slot](const status_report& status) {
          x->parts[slot].front().mailbox = status.mailbox;
          x->seen();
        },
        silent);
  }
}

} // namespace

caf::result<std::vector<tree_entry>> tree_below(supervisor_state& st) {
  auto x = std::make_shared<walk>();
  x->promise = st.self->make_response_promise<std::vector<tree_entry>>();
  x->parts.push_back({describe_root(st)});
  x->open = 1; // nothing is complete while parts are added
  for (const auto& [id, entry] : st.plan->children()) {
    x->parts.push_back({describe_child(st, id)});
    look_into(st, id, x, x->parts.size() - 1);
  }
  x->seen();
  return x->promise;
}

} // namespace vpaas
