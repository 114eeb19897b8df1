// How a supervisor takes children in, starts them here or on another node, and
// asks them to end.

#include "actors/guard.hpp"
#include "actors/supervisor.hpp"

namespace vpaas {

namespace {

/// Returns how long a child may take to become ready. A supervisor needs what
/// its children need, one after the other.
caf::timespan start_bound(const child_spec& spec) {
  auto result = spec.start_timeout;
  if (spec.kind == supervisor_kind)
    for (const auto& x : spec.children)
      result += start_bound(x);
  return result;
}

/// A supervisor is never killed for being slow, as in OTP: each of its children
/// has a bound, so it ends, and killed it could not stop them in order.
caf::timespan stop_bound(const child_spec& spec) {
  return spec.kind == supervisor_kind ? supervision_plan::never : spec.grace;
}

/// What is wrong with `spec` as a child at `where`; none: nothing is.
caf::error check_child(const child_spec& spec, const supervision& how,
                       const std::string& where) {
  auto bad = [&](const char* what) {
    return caf::make_error(ec::bad_config, where + what);
  };
  if (spec.name.empty() || spec.name.find('/') != std::string::npos)
    return bad("a name is not empty and has no \"/\" in it");
  if (spec.kind == supervisor_kind && !spec.node.empty())
    return bad("a supervisor runs beside its parent; give its children the "
               "node");
  if (spec.significant && spec.restart == restart_type::permanent)
    return bad("a permanent child cannot be significant: it never ends for "
               "good");
  if (spec.significant && how.shutdown == auto_shutdown::never)
    return bad("it is significant; give its supervisor an auto_shutdown");
  return caf::none;
}

/// One of many children that are alike: a name and parameters of its own, the
/// rest as the pattern says.
caf::expected<child_spec> like(const child_spec& pattern,
                               const child_spec& own) {
  if (!own.kind.empty() && own.kind != pattern.kind)
    return caf::make_error(ec::bad_config, "child \"" + own.name
                                             + "\": all children here are "
                                               "of kind \""
                                             + pattern.kind + "\"");
  auto result = pattern;
  result.name = own.name;
  auto parameters = pattern.parameters.value();
  parameters.update(own.parameters.value());
  result.parameters = document{std::move(parameters)};
  return result;
}

caf::actor nest(supervisor_state& st, const child_spec& spec) {
  auto nested = st.cfg;
  nested.path = st.cfg.path_of(spec);
  nested.how = spec.supervise;
  nested.children = spec.children;
  nested.look_timeout = st.cfg.look_timeout / 2;
  return caf::actor_cast<caf::actor>(
    st.self->system().spawn(supervisor, std::move(nested)));
}

} // namespace

caf::expected<uint64_t> supervisor_state::add(const child_spec& wanted,
                                              bool initial) {
  auto whole = pattern ? like(*pattern, wanted) : wanted;
  if (!whole)
    return whole.error();
  auto checked = cfg.check ? cfg.check(*whole) : *whole;
  if (!checked)
    return checked.error();
  const auto& spec = *checked;
  auto where = "child \"" + cfg.path_of(spec) + "\": ";
  if (auto err = check_child(spec, cfg.how, where))
    return err;
  if (by_name.count(spec.name) != 0)
    return caf::make_error(ec::bad_config,
                           where + "the name is given twice; choose another");
  supervision_plan::child x;
  x.name = cfg.path_of(spec);
  x.type = spec.restart;
  x.initial = initial;
  x.significant = spec.significant;
  x.start_timeout = start_bound(spec);
  x.grace = stop_bound(spec);
  auto id = plan->add(std::move(x), now());
  children[id].spec = spec;
  by_name[spec.name] = id;
  return id;
}

void supervisor_state::perform(plan_action action) {
  auto& x = children.at(action.child);
  if (action.what == plan_action::start)
    return launch(action.child);
  if (action.what == plan_action::abandon) {
    ++abandoned;
    self->demonitor(x.handle);
    return note_end(action.child, caf::make_error(caf::exit_reason::kill));
  }
  if (!x.handle) // its node has not answered yet
    return note_end(action.child, caf::make_error(caf::exit_reason::kill));
  self->send_exit(x.handle, action.what == plan_action::stop
                              ? caf::exit_reason::user_shutdown
                              : caf::exit_reason::kill);
}

void supervisor_state::launch(uint64_t id) {
  auto& x = children.at(id);
  ++x.generation;
  x.failure = {};
  if (!x.spec.node.empty())
    return launch_remote(id, x);
  if (x.spec.kind == supervisor_kind)
    return adopt(id, x, nest(*this, x.spec));
  auto may_hang = x.spec.stall_after.count() > 0;
  if (may_hang)
    if (auto err = check_hung_threads())
      return note_end(id, err);
  auto handle = cfg.factory(x.spec, cfg.path_of(x.spec), cfg.node);
  if (!handle)
    return note_end(id, handle.error());
  if (!*handle)
    return note_ignored(id);
  x.pulse = handle->id();
  adopt(id, x, may_hang ? guarded(self->system(), *handle) : *handle);
}

void supervisor_state::launch_remote(uint64_t id, child& x) {
  if (!cfg.node)
    return note_end(id,
                    caf::make_error(ec::bad_config, "there is no node to ask"));
  auto generation = x.generation;
  // Longer than the plan waits: what comes late is recognised, and ended.
  self
    ->request(caf::actor_cast<node_actor>(cfg.node), 2 * x.spec.start_timeout,
              start_atom_v, x.spec, cfg.path_of(x.spec),
              caf::actor_cast<caf::actor>(self))
    .then(
      [self = self, id, generation](const caf::actor& handle) {
        self->state.arrived(id, generation, handle);
      },
      [self = self, id, generation](const caf::error& why) {
        self->state.child_failed(id, generation, why);
      });
}

void supervisor_state::adopt(uint64_t id, child& x, const caf::actor& handle) {
  x.handle = handle;
  by_address[handle.address()] = id;
  self->monitor(handle);
  // The plan bounds this request. A timeout of CAF's own would stay in its
  // clock after the answer, for each start one.
  auto request = self->request(caf::actor_cast<observable_actor>(handle),
                               caf::infinite, ready_atom_v);
  x.question = request.id();
  auto generation = x.generation;
  request.then(
    [self = self, id, generation] { self->state.child_ready(id, generation); },
    [self = self, id, generation](const caf::error& why) {
      self->state.child_failed(id, generation, why);
    });
}

} // namespace vpaas
