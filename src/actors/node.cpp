#include "actors/node.hpp"

#include "actors/guard.hpp"
#include "messages/report.hpp"
#include "runtime/moment.hpp"
#include "runtime/node/log.hpp"
#include "runtime/node/process.hpp"
#include "runtime/node/transport.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace vpaas {

namespace {

caf::error unknown(const std::string& what, const std::string& name) {
  return caf::make_error(ec::not_found, "no " + what + " \"" + name
                                          + "\" here; see vpaas inspect");
}

/// Whether `who` may take the name of `known`, which is still there: a process
/// that was started anew may, before its last life is known to be lost. Of two
/// that share a name for good, the one that was started later has it.
caf::error dispute(const node_info& known, const node_info& who) {
  if (known.address == who.address || who.started >= known.started) {
    if (known.address != who.address)
      log_line(log_level::warning, "name " + who.name,
               "the name \"" + who.name + "\" goes from the node at "
                 + known.address + " to the one at " + who.address
                 + "; if both run, give each a node.name of its own");
    return caf::none;
  }
  return caf::make_error(ec::bad_config,
                         "the name \"" + who.name + "\" belongs to the node at "
                           + known.address
                           + ", which was started later; give each a "
                             "node.name of its own");
}

} // namespace

node_state::node_state(node_actor::stateful_pointer<node_state> self)
  : self(self),
    birds(self, [self](const auto& ids) { self->state.end_silent(ids); }) {
  // nop
}

caf::result<node_info> node_state::greet(const node_info& who,
                                         const caf::actor& handle) {
  if (who.name.empty() || !handle)
    return cfg.info;
  auto sender = self->current_sender();
  for (auto& process : {handle.node(), sender ? sender->node() : handle.node()})
    if (auto err = check_name(self->system(), process, who.name, who.tier))
      return err;
  auto known = peers.find(who.name);
  if (known == peers.end() || known->second.handle != handle) {
    if (known != peers.end()) {
      if (auto err = dispute(known->second.info, who))
        return err;
      self->demonitor(known->second.handle.address());
    }
    self->monitor(handle);
  }
  // Else it is a link of this node, which has lines of its own.
  auto joins = sender && sender->node() != self->node();
  auto& peer = peers[who.name];
  if (joins && peer.handle != handle)
    log_line(log_level::info, "peer " + who.name,
             who.name + " has joined, from " + who.address);
  peer = {who, handle, joins || peer.joined};
  return cfg.info;
}

std::vector<node_info> node_state::nodes() const {
  std::vector<node_info> result{cfg.info};
  for (const auto& x : peers)
    result.push_back(x.second.info);
  return result;
}

caf::result<caf::actor> node_state::resolve(const node_info& who) const {
  auto i = peers.find(who.name);
  if (i == peers.end())
    return unknown("joined node", who.name);
  return i->second.handle;
}

caf::result<caf::actor> node_state::resolve(const std::string& path) const {
  auto i = directory.find(path);
  if (i == directory.end())
    return unknown("actor", path);
  return i->second;
}

caf::result<item> node_state::call(const std::string& path, const item& x) {
  auto i = directory.find(path);
  if (i == directory.end())
    return unknown("actor", path);
  return self->delegate(caf::actor_cast<function_actor>(i->second),
                        apply_atom_v, x);
}

caf::result<std::vector<tree_entry>> node_state::tree() {
  if (!root)
    return std::vector<tree_entry>{};
  return self->delegate(root, tree_atom_v);
}

caf::result<status_report> node_state::status_of(const std::string& path) {
  if (path.empty())
    return status();
  auto i = directory.find(path);
  if (i == directory.end())
    return unknown("actor", path);
  return self->delegate(caf::actor_cast<observable_actor>(i->second),
                        status_atom_v);
}

status_report node_state::status() const {
  auto usage = usage_of_this_process();
  auto own = own_identity(self->system());
  node_status details{cfg.info,
                      directory.size(),
                      peers.size(),
                      lost,
                      guests.size(),
                      self->system().registry().running(),
                      usage.rss_bytes,
                      usage.threads,
                      hung_threads(),
                      usage.descriptors,
                      refused_messages(self->system()),
                      own.name.empty() ? "" : format_moment(own.ends)};
  return report(self, "ready", details);
}

caf::result<caf::actor> node_state::start(const child_spec& spec,
                                          const std::string& path,
                                          const caf::actor& owner) {
  if (!spec.node.empty() && spec.node != cfg.info.name) {
    auto there = peers.find(spec.node);
    if (there == peers.end())
      return unknown("joined node", spec.node);
    return self->delegate(caf::actor_cast<node_actor>(there->second.handle),
                          start_atom_v, spec, path, owner);
  }
  if (directory.count(path) != 0)
    return caf::make_error(
      ec::bad_config, "the name \"" + path + "\" is taken on " + cfg.info.name);
  if (spec.stall_after.count() > 0)
    if (auto err = check_hung_threads())
      return err;
  auto child = spawn_child(cfg.kinds, self->system(), spec, path,
                           caf::actor_cast<caf::actor>(self));
  if (!child)
    return child.error();
  if (!*child)
    return caf::actor{}; // its kind has nothing to do
  auto may_hang = spec.stall_after.count() > 0;
  auto handle = may_hang ? guarded(self->system(), *child) : *child;
  self->monitor(handle);
  if (!has_guests(owner.address()))
    self->monitor(owner);
  guests.push_back({++last_guest, path, handle, owner.address()});
  directory[path] = handle;
  if (may_hang)
    watch(last_guest, handle, child->id(), spec.stall_after);
  return handle;
}

void node_state::watch(uint64_t guest, const caf::actor& handle, uint64_t pulse,
                       caf::timespan stall_after) {
  // Not before it is ready: until then its owner's patience holds.
  self
    ->request(caf::actor_cast<observable_actor>(handle), caf::infinite,
              ready_atom_v)
    .then(
      [self = self, guest, handle, pulse, stall_after] {
        self->state.birds.watch(guest, handle, pulse, stall_after);
      },
      [](const caf::error&) {
        // Its owner hears of it, too.
      });
}

void node_state::end_silent(const std::vector<uint64_t>& ids) {
  for (auto& x : guests)
    if (std::find(ids.begin(), ids.end(), x.id) != ids.end()) {
      spdlog::error("{} gives no sign of life and is ended", x.path);
      self->send_exit(x.handle, caf::exit_reason::kill);
    }
}

bool node_state::has_guests(const caf::actor_addr& owner) const {
  return std::any_of(guests.begin(), guests.end(),
                     [&](const guest& x) { return x.owner == owner; });
}

void node_state::open(const node_info& info) {
  cfg.info = info;
  if (root || !cfg.start_tree)
    return;
  root = cfg.start_tree(caf::actor_cast<caf::actor>(self));
  if (root)
    self->monitor(root);
}

void node_state::forget(const caf::down_msg& x) {
  if (root && x.source == root.address() && !stopping) {
    spdlog::error("the tree gave up: {}", describe(x.reason));
    self->quit(x.reason);
    return;
  }
  for (auto i = peers.begin(); i != peers.end();) {
    auto gone = i->second.handle.address() == x.source;
    lost += gone ? 1 : 0;
    if (gone && i->second.joined)
      log_line(log_level::warning, "peer " + i->first,
               i->first + " has left: " + describe(x.reason));
    i = gone ? peers.erase(i) : std::next(i);
  }
  for (auto i = guests.begin(); i != guests.end();) {
    if (i->owner == x.source)
      self->send_exit(i->handle, caf::exit_reason::kill);
    if (i->handle.address() != x.source) {
      ++i;
      continue;
    }
    directory.erase(i->path);
    birds.forget(i->id);
    auto owner = i->owner;
    i = guests.erase(i);
    // The owner lives longer than what it had here.
    if (!has_guests(owner) && (!root || owner != root.address()))
      self->demonitor(owner);
  }
}

void node_state::leave(const std::string& path, const caf::actor& handle) {
  // A child that ended late must not take the name of the one after it.
  auto i = directory.find(path);
  if (i != directory.end() && i->second == handle)
    directory.erase(i);
}

caf::result<void> node_state::stop() {
  stopping = true;
  auto result = self->make_response_promise();
  auto leave = [self = self, result](const caf::error&) mutable {
    for (auto& x : self->state.guests)
      self->send_exit(x.handle, caf::exit_reason::kill);
    result.deliver(caf::unit);
    self->quit();
  };
  if (!root)
    leave({});
  else
    self->request(root, cfg.grace, stop_atom_v)
      .then([leave]() mutable { leave({}); }, leave);
  return caf::delegated<void>{};
}

node_actor::behavior_type node(node_actor::stateful_pointer<node_state> self,
                               node_config cfg) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  self->set_down_handler([self](caf::down_msg& x) { self->state.forget(x); });
  return {
    [self](status_atom) { return self->state.status(); },
    [self](ready_atom) -> caf::result<void> {
      if (!self->state.root)
        return caf::make_error(ec::not_found, "the tree was not started");
      return self->delegate(self->state.root, ready_atom_v);
    },
    [self](hello_atom, const node_info& who, const caf::actor& handle) {
      return self->state.greet(who, handle);
    },
    [](beat_atom) {
      // nop: the answer is the message
    },
    [self](nodes_atom) { return self->state.nodes(); },
    [self](resolve_atom, const node_info& who) {
      return self->state.resolve(who);
    },
    [self](resolve_atom, const std::string& path) {
      return self->state.resolve(path);
    },
    [self](call_atom, const std::string& path, const item& x) {
      return self->state.call(path, x);
    },
    [self](tree_atom) { return self->state.tree(); },
    [self](status_atom, const std::string& path) {
      return self->state.status_of(path);
    },
    [self](start_atom, const child_spec& spec, const std::string& path,
           const caf::actor& owner) {
      return self->state.start(spec, path, owner);
    },
    [self](start_atom, const node_info& info) { self->state.open(info); },
    [self](enter_atom, const std::string& path, const caf::actor& handle) {
      self->state.directory[path] = handle;
    },
    [self](remove_atom, const std::string& path, const caf::actor& handle) {
      self->state.leave(path, handle);
    },
    [self](stop_atom) { return self->state.stop(); },
  };
}

} // namespace vpaas
