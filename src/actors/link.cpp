#include "actors/link.hpp"

#include "messages/report.hpp"
#include "runtime/node/log.hpp"
#include "runtime/node/probe.hpp"
#include "runtime/node/transport.hpp"
#include "runtime/policy/restart.hpp"

#include <caf/io/all.hpp>

// One remote node, seen from here:
//
//                   hello answered              silence
//   connecting ──────────────────────> up ────────────────> suspect
//     ^    │                           │ ^                   │   │
//     │    │ no port, no handshake,    │ └───────────────────┘   │
//     │    │ no answer                 │      seen again         │
//     │    v                           │ connection lost         │ more
//     └── down <───────────────────────┴─────────────────────────┘ silence
//   back-off

namespace vpaas {

namespace {

/// A resolver may take its time; only its own link waits for it.
constexpr auto resolver_timeout = std::chrono::seconds(30);

caf::behavior prober(caf::event_based_actor* self) {
  return {
    [self](probe_atom, const std::string& host, uint16_t port,
           caf::timespan timeout) {
      self->quit();
      return probe_port(host, port, timeout);
    },
  };
}

caf::actor spawn_prober(caf::actor_system& system) {
  return system.spawn<caf::detached>(prober);
}

caf::error down_error(const std::string& host, uint16_t port,
                      const std::string& cause) {
  return caf::make_error(ec::cloud_down, "no link to " + host + ":"
                                           + std::to_string(port) + ": "
                                           + cause);
}

/// Goes on with `next`, unless its attempt is over by then.
template <class... Ts>
auto step(link_impl::stateful_pointer<link_state> self,
          void (link_state::*next)(Ts...)) {
  return [self, next, n = self->state.attempt](Ts... xs) {
    if (self->state.attempt == n)
      (self->state.*next)(xs...);
  };
}

/// How the bytes of a link leave.
bulk_sender::outlet make_outlet(link_impl::stateful_pointer<link_state> self) {
  // A receiver that is silent for so long is asked anew; the link itself has
  // its heartbeats.
  auto wait = 4 * self->state.cfg.profile.down_after;
  auto failed = [self](const bulk_sender::ticket& what) {
    return [self, what](const caf::error& cause) {
      self->state.bulk->failed(what, cause, self->state.now());
    };
  };
  auto offer = [=](const auto& what, const auto& x) {
    auto& st = self->state;
    st.asked.send(self, st.receiver, wait, offer_atom_v, x)
      .then(
        [self, what](uint64_t held) {
          self->state.bulk->offered(what, held, self->state.now());
        },
        failed(what));
  };
  auto slice = [=](const auto& what, transfer_slice x) {
    auto& st = self->state;
    st.asked.send(self, st.receiver, wait, slice_atom_v, std::move(x))
      .then(
        [self, what](uint64_t) {
          self->state.seen();
          self->state.bulk->acked(what, self->state.now());
        },
        failed(what));
  };
  auto cancel = [self](const transfer_key& key) {
    caf::anon_send(self->state.receiver, cancel_atom_v, key);
  };
  return {offer, slice, cancel};
}

} // namespace

caf::error link_config::validate() const {
  const auto& p = profile;
  if (host.empty() || port == 0 || !node)
    return caf::make_error(ec::bad_config,
                           "a link wants a host, a port and its own node");
  if (p.heartbeat.count() <= 0 || p.suspect_after <= p.heartbeat
      || p.down_after <= p.suspect_after || p.caf_timeout <= p.caf_heartbeat)
    return caf::make_error(ec::bad_config,
                           "a link's times must grow: heartbeat, suspect, "
                           "down; CAF's heartbeat, CAF's timeout");
  return caf::none;
}

link_state::link_state(link_impl::stateful_pointer<link_state> self)
  : self(self) {
  // nop
}

link_state::~link_state() {
  auto cause = down_error(cfg.host, cfg.port, "the link ended");
  for (auto& x : calls)
    x.second.deliver(cause);
  if (bulk)
    bulk->abort(cause);
  for (auto& x : watchers)
    self->demonitor(x);
}

// -- the protocol -------------------------------------------------------------

caf::typed_response_promise<item> link_state::call(const std::string& path,
                                                   const item& x,
                                                   caf::timespan timeout) {
  auto promise = self->make_response_promise<item>();
  if (!is_up()) {
    promise.deliver(down_error(cfg.host, cfg.port, counters.last_error));
    return promise;
  }
  if (calls.size() >= cfg.max_calls) {
    promise.deliver(caf::make_error(ec::overload, "too many calls in flight"));
    return promise;
  }
  auto id = next_call++;
  calls.emplace(id, promise);
  auto wait = std::clamp(timeout, caf::timespan{1}, cfg.max_wait);
  asked
    .send(self, caf::actor_cast<node_actor>(peer), wait, call_atom_v, path, x)
    .then([self = self, id](const item& y) { self->state.answer(id, y); },
          [self = self, id](caf::error& e) {
            self->state.answer(id, std::move(e));
          });
  return promise;
}

void link_state::answer(uint64_t id, caf::expected<item> x) {
  auto i = calls.find(id);
  if (i == calls.end())
    return; // answered when the link dropped
  auto promise = i->second;
  calls.erase(i);
  if (x)
    promise.deliver(std::move(*x));
  else if (x.error() == caf::sec::request_timeout)
    promise.deliver(caf::make_error(ec::deadline, "no answer in time"));
  else if (x.error() == caf::sec::request_receiver_down)
    promise.deliver(down_error(cfg.host, cfg.port, "connection lost"));
  else
    promise.deliver(std::move(x.error()));
}

caf::result<void> link_state::transfer(const transfer_offer& offer,
                                       const blob& bytes,
                                       caf::timespan timeout) {
  auto promise = self->make_response_promise();
  auto done = [promise](const caf::error& cause) mutable {
    if (cause)
      promise.deliver(cause);
    else
      promise.deliver(caf::unit);
  };
  auto wait = std::clamp(timeout, caf::timespan{1}, cfg.max_wait);
  if (auto refused = bulk->add(offer, bytes, now() + wait, done))
    done(refused);
  else
    bulk->tick(now());
  return caf::delegated<void>{};
}

void link_state::watch(const caf::actor& watcher) {
  if (watchers.insert(watcher).second)
    self->monitor(watcher);
  tell(watcher);
}

void link_state::tell(const caf::actor& watcher) {
  // Before the first one it is 0.
  auto epoch = counters.epoch > 0 ? cfg.epoch_base + counters.epoch : 0;
  if (is_up())
    caf::anon_send(watcher, up_atom_v, remote, epoch);
  else
    caf::anon_send(watcher, down_atom_v, epoch);
}

void link_state::tell_all() {
  for (const auto& x : watchers)
    tell(x);
}

status_report link_state::status() const {
  auto details = counters;
  details.node = remote.name;
  details.address = cfg.host + ":" + std::to_string(cfg.port);
  details.rtt_ms = health->rtt_ms();
  details.min_rtt_ms = health->min_rtt_ms();
  details.throughput = bulk->credit().rate();
  details.calls = calls.size();
  details.watchers = watchers.size();
  details.transfers = bulk->transfers();
  details.delivered = bulk->totals().delivered;
  details.queued_bytes = bulk->totals().queued;
  details.flying_bytes = bulk->totals().flying;
  details.sent_bytes = bulk->totals().sent;
  details.window_bytes = bulk->credit().window();
  details.slice_bytes = bulk->credit().slice_bytes();
  return report(self, to_string(phase), details);
}

void link_state::tick() {
  auto alive = health->tick(now());
  bulk->tick(now());
  if (is_up() && alive == liveness::dead)
    enter_down(down_error(cfg.host, cfg.port, "it does not answer"));
  else if (is_up() && alive == liveness::suspect)
    phase = link_phase::suspect;
  if (is_up())
    beat();
  self->delayed_send(self, health->period(), due_atom_v);
}

void link_state::stop(const caf::error& reason) {
  auto cause = down_error(cfg.host, cfg.port, "the link was stopped");
  ++attempt;
  auto told = is_up();
  phase = link_phase::down;
  for (auto& x : calls)
    x.second.deliver(cause);
  calls.clear();
  bulk->abort(cause);
  if (told)
    tell_all();
  self->quit(reason);
}

void link_state::lost(const caf::down_msg& x) {
  if (receiver && x.source == receiver.address()) {
    receiver = nullptr;
    bulk->close();
  }
  if (peer && x.source == peer.address())
    enter_down(down_error(cfg.host, cfg.port,
                          "connection lost (" + describe(x.reason) + ")"));
  auto dead = [&](const auto& y) { return y.address() == x.source; };
  auto i = std::find_if(watchers.begin(), watchers.end(), dead);
  if (i != watchers.end())
    watchers.erase(i);
}

// -- the states ---------------------------------------------------------------

void link_state::enter_connecting() {
  phase = link_phase::connecting;
  ++attempt;
  if (own.name.empty())
    introduce_self();
  else
    probe();
}

// The other node must learn who greets it: nothing is tried without a name.
void link_state::introduce_self() {
  self
    ->request(caf::actor_cast<node_actor>(cfg.node), cfg.profile.down_after,
              hello_atom_v, node_info{}, caf::actor{})
    .then(step(self, &link_state::introduced),
          step(self, &link_state::enter_down));
}

void link_state::introduced(const node_info& who) {
  own = who;
  probe();
}

void link_state::probe() {
  auto prober = cfg.prober ? cfg.prober(self->system())
                           : spawn_prober(self->system());
  self
    ->request(prober, cfg.profile.probe_timeout + resolver_timeout,
              probe_atom_v, cfg.host, cfg.port, cfg.profile.probe_timeout)
    .then(step(self, &link_state::ask_connector),
          step(self, &link_state::enter_down));
}

void link_state::enter_up(const node_info& who) {
  if (auto err = check_name(self->system(), peer.node(), who.name,
                            cfg.tier.empty() ? who.tier : cfg.tier)) {
    enter_down(err);
    return;
  }
  counters.restarts
    += counters.epoch > 0 && who.incarnation != remote.incarnation ? 1 : 0;
  counters.reconnects = counters.epoch++;
  counters.failures = 0;
  remote = who;
  phase = link_phase::up;
  log_line(log_level::info, "link to " + cfg.host,
           "linked to " + who.name + " at " + who.address);
  health->begin(now());
  // Makes the remote node known here too, as the hello did there.
  caf::anon_send(caf::actor_cast<node_actor>(cfg.node), hello_atom_v, who,
                 peer);
  tell_all();
  find_receiver();
}

void link_state::enter_down(const caf::error& cause) {
  auto was_up = is_up();
  phase = link_phase::down;
  counters.last_error = describe(cause);
  if (peer)
    self->demonitor(peer.address());
  if (receiver)
    self->demonitor(receiver.address());
  peer = nullptr;
  receiver = nullptr;
  finding_receiver = false;
  for (auto& x : calls)
    x.second.deliver(down_error(cfg.host, cfg.port, counters.last_error));
  calls.clear();
  if (was_up) {
    log_line(log_level::warning, "lost " + cfg.host,
             "lost the link to " + remote.name + ": " + counters.last_error);
    bulk->close();
    tell_all();
  } else if (counters.failures == 0) {
    log_line(log_level::warning, "no link to " + cfg.host,
             "no link to " + cfg.host + ":" + std::to_string(cfg.port)
               + " yet: " + counters.last_error);
  }
  std::uniform_real_distribution<> jitter;
  auto delay = restart_delay(cfg.profile.retry_delay, cfg.profile.retry_cap,
                             counters.failures++, jitter(random));
  self->delayed_send(self, delay, start_atom_v, ++attempt);
}

// -- the steps of connecting --------------------------------------------------

void link_state::ask_connector(const std::string& address) {
  auto& system = self->system();
  auto connector = cfg.connector ? cfg.connector(system) : connector_of(system);
  self
    ->request(connector, cfg.profile.connect_timeout, caf::connect_atom_v,
              address, cfg.port)
    .then(step(self, &link_state::greet), step(self, &link_state::enter_down));
}

void link_state::greet(const caf::node_id& where,
                       const caf::strong_actor_ptr& node,
                       const std::set<std::string>&) {
  if (!node || where == self->system().node()) {
    enter_down(down_error(cfg.host, cfg.port,
                          node ? "it is this node itself"
                               : "no node is published there"));
    return;
  }
  peer = caf::actor_cast<caf::actor>(node);
  // CAF may hand out a connection that is being lost; its death ends this.
  self->monitor(peer);
  self
    ->request(caf::actor_cast<node_actor>(peer), cfg.profile.hello_timeout,
              hello_atom_v, own, cfg.node)
    .then(step(self, &link_state::enter_up),
          step(self, &link_state::enter_down));
}

// -- being up -----------------------------------------------------------------

void link_state::beat() {
  auto sent = now();
  if (!health->beats(sent))
    return;
  if (!receiver)
    find_receiver();
  self
    ->request(caf::actor_cast<node_actor>(peer), cfg.profile.down_after,
              beat_atom_v)
    .then(
      [self = self, sent, n = attempt] {
        if (self->state.attempt != n)
          return;
        self->state.health->answered(sent, self->state.now());
        self->state.seen();
      },
      [](const caf::error&) {
        // nop: silence is what the tick looks at
      });
}

void link_state::seen() {
  health->seen(now());
  if (phase == link_phase::suspect)
    phase = link_phase::up;
}

void link_state::find_receiver() {
  if (finding_receiver)
    return;
  finding_receiver = true;
  self
    ->request(caf::actor_cast<node_actor>(peer), cfg.profile.down_after,
              resolve_atom_v, std::string{receiver_name})
    .then(step(self, &link_state::receiver_found),
          step(self, &link_state::receiver_missing));
}

void link_state::receiver_found(const caf::actor& x) {
  finding_receiver = false;
  receiver = caf::actor_cast<receiver_actor>(x);
  self->monitor(receiver);
  bulk->open(now());
}

void link_state::receiver_missing(const caf::error& cause) {
  finding_receiver = false; // the next beat asks again
  counters.last_error = describe(cause);
}

bool link_state::is_up() const {
  return phase == link_phase::up || phase == link_phase::suspect;
}

caf::timespan link_state::now() const {
  return std::chrono::duration_cast<caf::timespan>(
    self->clock().now().time_since_epoch());
}

link_impl::behavior_type link(link_impl::stateful_pointer<link_state> self,
                              link_config cfg) {
  auto& st = self->state;
  if (auto wrong = cfg.validate()) {
    self->quit(wrong);
    return link_impl::behavior_type::make_empty_behavior();
  }
  st.cfg = std::move(cfg);
  st.random.seed(static_cast<uint32_t>(st.cfg.seed));
  st.bulk.emplace(st.cfg.bulk, make_outlet(self));
  st.health.emplace(st.cfg.profile, st.now());
  self->set_down_handler([self](caf::down_msg& x) { self->state.lost(x); });
  self->set_exit_handler(
    [self](caf::exit_msg& x) { self->state.stop(x.reason); });
  st.enter_connecting();
  st.tick();
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop: a link is of use from the start, its node may come later
    },
    [self](call_atom, const std::string& path, const item& x,
           caf::timespan timeout) {
      return self->state.call(path, x, timeout);
    },
    [self](transfer_atom, const transfer_offer& offer, const blob& bytes,
           caf::timespan timeout) {
      return self->state.transfer(offer, bytes, timeout);
    },
    [self](cancel_atom, const transfer_key& key) {
      self->state.bulk->cancel(key);
    },
    [self](watch_atom, const caf::actor& x) { self->state.watch(x); },
    [self](start_atom, uint64_t n) {
      if (n == self->state.attempt)
        self->state.enter_connecting();
    },
    [self](due_atom) { self->state.tick(); },
  };
}

} // namespace vpaas
