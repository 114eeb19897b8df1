#include "actors/control/dispatcher.hpp"

#include "actors/control/file_sender.hpp"
#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/node/settings.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

std::string said(const caf::error& x) {
  return x == caf::sec::request_timeout ? "it does not answer" : describe(x);
}

file_sender_actor usual_sender(caf::actor_system& system,
                               const receiver_actor& to) {
  file_sender_config cfg;
  cfg.to = to;
  return system.spawn(file_sender, cfg);
}

} // namespace

caf::error dispatcher_config::validate() const {
  if (period.count() <= 0)
    return caf::make_error(ec::bad_config, "dispatcher: period must be "
                                           "positive");
  return caf::none;
}

dispatcher_state::~dispatcher_state() {
  for (auto& [name, x] : peers)
    if (x.sender)
      caf::anon_send_exit(x.sender, caf::exit_reason::user_shutdown);
}

void dispatcher_state::begin(dispatcher_config x) {
  cfg = std::move(x);
  if (!cfg.sender)
    cfg.sender = usual_sender;
  // The same key would be the same transfer to who was there before us.
  last_transfer = uint64_t(caf::make_timestamp().time_since_epoch().count());
  self->set_down_handler([this](caf::down_msg& x) { asking.forget(self, x); });
  look();
}

status_report dispatcher_state::status() const {
  auto x = counts;
  for (auto& y : peers)
    x.nodes.push_back(y.second.said);
  return report(self, "ready", x);
}

dispatcher_state::peer* dispatcher_state::find(const std::string& name) {
  auto i = peers.find(name);
  return i == peers.end() ? nullptr : &i->second;
}

// -- a look -------------------------------------------------------------------

void dispatcher_state::look() {
  ++counts.looks;
  auto here = caf::actor_cast<node_actor>(cfg.node);
  auto failed = [this](const caf::error& cause) {
    counts.last_error = "the registry: " + said(cause);
  };
  asking
    .send(self, here, cfg.patience, resolve_atom_v, std::string{registry_name})
    .then(
      [this, failed](const caf::actor& x) {
        store = caf::actor_cast<registry_actor>(x);
        asking.send(self, store, cfg.patience, read_atom_v)
          .then([this](const document& y) { take_desired(y); }, failed);
      },
      failed);
  clock.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void dispatcher_state::take_desired(const document& x) {
  std::vector<deployment> orders;
  std::vector<artifact> known;
  std::vector<assignment> assigned;
  auto& all = x.value();
  auto err = from_json_value(all.value("deployments", json::array()), orders,
                             "deployments");
  if (!err)
    err = from_json_value(all.value("artifacts", json::array()), known,
                          "artifacts");
  if (!err)
    err = from_json_value(all.value("assignments", json::array()), assigned,
                          "assignments");
  if (err) {
    counts.last_error = "the registry: " + cause_of(err);
    return;
  }
  counts.last_error.clear();
  deployments = std::move(orders);
  artifacts = std::move(known);
  choices = choices_of(assigned, artifacts, all.value("profile", ""));
  asking
    .send(self, caf::actor_cast<node_actor>(cfg.node), cfg.patience,
          nodes_atom_v)
    .then([this](const std::vector<node_info>& xs) { take_nodes(xs); },
          [](const caf::error&) {
            // this node ends
          });
}

void dispatcher_state::take_nodes(const std::vector<node_info>& xs) {
  std::set<std::string> there;
  for (auto& x : xs) {
    if (x.tier != to_string(tier::fog) && x.tier != to_string(tier::cloud))
      continue;
    there.insert(x.name);
    auto& to = peers[x.name];
    if (to.info.incarnation != x.incarnation) {
      to = peer{};
      to.info = x;
      to.said.name = x.name;
      to.said.tier = x.tier;
    }
    asking
      .send(self, caf::actor_cast<node_actor>(cfg.node), cfg.patience,
            resolve_atom_v, x)
      .then(
        [this, name = x.name](const caf::actor& handle) {
          if (auto y = find(name)) {
            y->handle = caf::actor_cast<node_actor>(handle);
            tell(name);
            if (y->info.tier == to_string(tier::fog))
              tell_choices(name);
          }
        },
        [this, name = x.name](const caf::error& cause) {
          this->failed(name, cause);
        });
  }
  for (auto i = peers.begin(); i != peers.end();)
    if (there.count(i->first) == 0) {
      if (i->second.sender)
        caf::anon_send_exit(i->second.sender, caf::exit_reason::user_shutdown);
      i = peers.erase(i);
    } else {
      ++i;
    }
}

void dispatcher_state::tell(const std::string& name) {
  auto& to = peers[name];
  auto failed = [this, name](const caf::error& cause) {
    this->failed(name, cause);
  };
  auto wanted = desired_on(name, to.info.tier, deployments, artifacts);
  asking
    .send(self, to.handle, cfg.patience, resolve_atom_v,
          std::string{model_cache_name})
    .then(
      [this, name, failed, wanted](const caf::actor& x) {
        asking
          .send(self, caf::actor_cast<model_cache_actor>(x), cfg.patience,
                apply_atom_v, document{to_json_value(wanted)})
          .then([this, name](const document& y) { told(name, y); }, failed);
      },
      failed);
}

void dispatcher_state::told(const std::string& name, const document& report) {
  auto x = find(name);
  if (!x)
    return;
  reported_state is;
  if (auto err = from_json_value(report.value(), is, reported_state::type_name))
    return failed(name, err);
  auto& said = x->said;
  said.slots = is.slots;
  said.bytes = is.bytes;
  said.quota = is.quota;
  said.settled
    = is_settled(desired_on(name, x->info.tier, deployments, artifacts), is);
  if (is.missing.empty())
    said.problem.clear();
  else if (!x->sending)
    send_file(name, is.missing.front());
}

void dispatcher_state::tell_choices(const std::string& name) {
  auto failed = [this, name](const caf::error& cause) {
    if (!choices.orders.empty())
      this->failed(name, cause);
  };
  asking
    .send(self, peers[name].handle, cfg.patience, resolve_atom_v,
          std::string{policy_cache_name})
    .then(
      [this, name, failed](const caf::actor& x) {
        asking
          .send(self, caf::actor_cast<policy_cache_actor>(x), cfg.patience,
                apply_atom_v, document{to_json_value(choices)})
          .then([this, name](const document& y) { told_choices(name, y); },
                failed);
      },
      failed);
}

void dispatcher_state::told_choices(const std::string& name,
                                    const document& report) {
  auto x = find(name);
  if (!x)
    return;
  reported_choices is;
  if (auto err = from_json_value(report.value(), is,
                                 reported_choices::type_name))
    return failed(name, err);
  x->said.streams = std::move(is.streams);
}

void dispatcher_state::failed(const std::string& name,
                              const caf::error& cause) {
  if (auto x = find(name)) {
    x->said.problem = said(cause);
    x->said.settled = false;
  }
}

// -- a file -------------------------------------------------------------------

void dispatcher_state::send_file(const std::string& name,
                                 const std::string& sha256) {
  peers[name].sending = true;
  asking.send(self, store, cfg.patience, fetch_atom_v, sha256)
    .then([this, name,
           sha256](const blob& bytes) { find_receiver(name, sha256, bytes); },
          [this, name](const caf::error& cause) { sent(name, cause); });
}

void dispatcher_state::find_receiver(const std::string& name,
                                     const std::string& sha256,
                                     const blob& bytes) {
  auto x = find(name);
  if (!x)
    return;
  asking
    .send(self, x->handle, cfg.patience, resolve_atom_v,
          std::string{receiver_name})
    .then(
      [this, name, sha256, bytes](const caf::actor& found) {
        auto y = find(name);
        if (!y)
          return;
        auto now = caf::actor_cast<receiver_actor>(found);
        if (y->receiver != now) {
          if (y->sender)
            caf::anon_send_exit(y->sender, caf::exit_reason::user_shutdown);
          y->receiver = now;
          y->sender = cfg.sender(self->system(), now);
        }
        transfer(name, sha256, bytes);
      },
      [this, name](const caf::error& cause) { sent(name, cause); });
}

void dispatcher_state::transfer(const std::string& name,
                                const std::string& sha256, const blob& bytes) {
  transfer_offer offer;
  offer.key = {sha256, ++last_transfer};
  offer.target = model_cache_name;
  asking
    .send(self, peers[name].sender, cfg.file_limit + cfg.patience,
          transfer_atom_v, offer, bytes, cfg.file_limit)
    .then(
      [this, name] {
        ++counts.files;
        sent(name, {});
        if (find(name))
          tell(name); // what comes next
      },
      [this, name](const caf::error& cause) { sent(name, cause); });
}

void dispatcher_state::sent(const std::string& name, const caf::error& cause) {
  auto x = find(name);
  if (!x)
    return;
  x->sending = false;
  if (!cause)
    return;
  x->said.problem = "a file: " + said(cause);
  x->receiver = nullptr; // looked for anew
}

observable_actor::behavior_type
dispatcher(observable_actor::stateful_pointer<dispatcher_state> self,
           dispatcher_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
  };
}

} // namespace vpaas
