#include "actors/supervisor.hpp"

#include "actors/because.hpp"
#include "messages/report.hpp"
#include "runtime/node/log.hpp"
#include "runtime/node/transport.hpp"

#include <algorithm>
#include <random>

namespace vpaas {

namespace {

/// How many restarts a supervisor remembers for those who look in.
constexpr size_t remembered = 8;

bool is_normal(const caf::error& x) {
  return !x || x == caf::exit_reason::user_shutdown;
}

caf::error cancelled(const std::string& what) {
  return caf::make_error(ec::cancelled, what + ": its supervisor stops");
}

std::function<double()> jitter() {
  return [engine = std::minstd_rand{std::random_device{}()}]() mutable {
    return std::uniform_real_distribution<>{}(engine);
  };
}

void answer(std::vector<caf::response_promise>& xs, const caf::error& x) {
  for (auto& promise : xs)
    promise.deliver(x);
  xs.clear();
}

void acknowledge(std::vector<caf::response_promise>& xs) {
  for (auto& promise : xs)
    promise.deliver(caf::unit);
  xs.clear();
}

/// Tells whoever waits for a child that it has ended and does not come back.
void settle(supervisor_state::child& x, const caf::error& reason) {
  answer(x.starters,
         reason ? reason
                : caf::make_error(ec::cancelled, "ended before it was ready"));
  acknowledge(x.enders);
}

/// Who asked for what from outside is a line of the log.
void say(const supervisor_state& st, const char* done,
         const std::string& path) {
  auto sender = st.self->current_sender();
  auto who = sender ? who_is(st.self->system(), sender->node()) : "";
  if (!who.empty())
    log_line(log_level::info, who + " asked about " + path,
             who + " " + done + " " + path);
}

caf::error unknown(const std::string& child) {
  return caf::make_error(ec::not_found,
                         "no child \"" + child + "\" here; see vpaas inspect");
}

} // namespace

supervisor_state::supervisor_state(
  supervisor_actor::stateful_pointer<supervisor_state> self)
  : self(self),
    birds(self, [self](const auto& ids) { self->state.replace_silent(ids); }) {
  // nop
}

supervisor_state::~supervisor_state() {
  auto directory = caf::actor_cast<node_actor>(cfg.node);
  for (auto& [id, x] : children) {
    if (!x.handle)
      continue;
    if (directory)
      caf::anon_send(directory, remove_atom_v, cfg.path_of(x.spec), x.handle);
    caf::anon_send_exit(x.handle, caf::exit_reason::kill);
  }
}

caf::result<void> supervisor_state::ready() {
  if (plan->halting())
    return cancelled("not ready");
  if (plan->up())
    return caf::unit;
  waiting.push_back(self->make_response_promise());
  return caf::delegated<void>{};
}

status_report supervisor_state::status() const {
  supervisor_status details;
  details.how = cfg.how.how;
  details.children = children.size();
  for (const auto& x : plan->children())
    details.ready += x.second.phase == child_phase::ready ? 1 : 0;
  details.restarts = plan->restarts();
  details.abandoned = abandoned;
  details.stalled = stalls;
  details.last.assign(last.begin(), last.end());
  return report(self, state_of(*plan), details);
}

caf::result<caf::actor> supervisor_state::start(const child_spec& spec) {
  if (plan->halting())
    return cancelled("cannot start \"" + spec.name + "\"");
  auto id = add(spec, false);
  if (!id)
    return id.error();
  auto& x = children.at(*id);
  say(*this, "added", cfg.path_of(x.spec));
  x.starters.push_back(self->make_response_promise());
  proceed();
  return caf::delegated<caf::actor>{};
}

caf::result<caf::actor> supervisor_state::start(const std::string& child_name) {
  if (plan->halting())
    return cancelled("cannot start \"" + child_name + "\"");
  auto i = by_name.find(child_name);
  if (i == by_name.end())
    return unknown(child_name);
  if (!plan->start(i->second, now()))
    return caf::make_error(ec::bad_input, "failed to start \"" + child_name
                                            + "\": it has not stopped; stop it "
                                              "first");
  auto& x = children.at(i->second);
  say(*this, "started", cfg.path_of(x.spec));
  x.starters.push_back(self->make_response_promise());
  proceed();
  return caf::delegated<caf::actor>{};
}

caf::result<void> supervisor_state::stop(const std::string& child_name) {
  auto i = by_name.find(child_name);
  if (i == by_name.end())
    return unknown(child_name);
  auto id = i->second;
  auto& x = children.at(id);
  say(*this, "stopped", cfg.path_of(x.spec));
  x.enders.push_back(self->make_response_promise());
  auto stopped = plan->stop(id, now());
  if (stopped && plan->children().count(id) == 0)
    forget(id, cancelled("stopped"));
  else if (stopped)
    settle(x, cancelled("stopped"));
  proceed();
  return caf::delegated<void>{};
}

caf::result<void> supervisor_state::remove(const std::string& child_name) {
  auto i = by_name.find(child_name);
  if (i == by_name.end())
    return unknown(child_name);
  auto id = i->second;
  auto& x = children.at(id);
  say(*this, "removed", cfg.path_of(x.spec));
  x.enders.push_back(self->make_response_promise());
  if (plan->remove(id, now()))
    forget(id, caf::make_error(ec::cancelled, "removed"));
  proceed();
  return caf::delegated<void>{};
}

caf::result<void> supervisor_state::stop() {
  stopping.push_back(self->make_response_promise());
  leave({});
  return caf::delegated<void>{};
}

void supervisor_state::leave(const caf::error& reason) {
  if (!verdict)
    verdict = reason;
  plan->halt(now());
  proceed();
}

void supervisor_state::lost(const caf::down_msg& x) {
  auto i = by_address.find(x.source);
  if (i == by_address.end())
    return; // abandoned before
  note_end(i->second, x.reason);
  proceed();
}

void supervisor_state::replace_silent(const std::vector<uint64_t>& ids) {
  for (auto id : ids) {
    auto& x = children.at(id);
    if (plan->children().at(id).phase != child_phase::ready)
      continue; // it is being stopped, and has its time for that
    ++stalls;
    x.failure = caf::make_error(ec::deadline,
                                "no sign of life for "
                                  + format_duration(x.spec.stall_after));
    self->send_exit(x.handle, caf::exit_reason::kill);
  }
}

void supervisor_state::arrived(uint64_t id, uint64_t generation,
                               const caf::actor& handle) {
  auto i = children.find(id);
  auto late = i == children.end() || i->second.generation != generation;
  if (late && handle)
    self->send_exit(handle, caf::exit_reason::kill);
  if (late)
    return;
  if (handle)
    return adopt(id, i->second, handle);
  note_ignored(id);
  proceed();
}

void supervisor_state::child_ready(uint64_t id, uint64_t generation) {
  auto i = children.find(id);
  if (i == children.end() || i->second.generation != generation)
    return;
  plan->ready(id, now());
  auto& x = i->second;
  x.question.reset();
  if (x.spec.stall_after.count() > 0 && x.spec.node.empty())
    birds.watch(id, x.handle, x.pulse, x.spec.stall_after);
  if (auto directory = caf::actor_cast<node_actor>(cfg.node))
    caf::anon_send(directory, enter_atom_v, cfg.path_of(x.spec), x.handle);
  for (auto& promise : x.starters)
    promise.deliver(x.handle);
  x.starters.clear();
  proceed();
}

void supervisor_state::child_failed(uint64_t id, uint64_t generation,
                                    const caf::error& why) {
  auto i = children.find(id);
  // That it died says its down message, with the reason.
  if (i == children.end() || i->second.generation != generation
      || (i->second.handle && why == caf::sec::request_receiver_down))
    return;
  plan->fail(id, describe(why), now());
  i->second.failure = why;
  proceed();
}

caf::error supervisor_state::take(supervisor_config x) {
  cfg = std::move(x);
  started = now();
  random = cfg.random ? cfg.random : jitter();
  plan = std::make_unique<supervision_plan>(cfg.how, cfg.patience);
  auto specs = std::exchange(cfg.children, {});
  if (cfg.how.how == strategy::simple_one_for_one) {
    if (specs.empty())
      return caf::make_error(ec::bad_config,
                             "supervisor \"" + cfg.path
                               + "\": list the child that all are made of");
    pattern = std::move(specs.front());
    specs.erase(specs.begin());
  }
  for (const auto& spec : specs)
    if (auto id = add(spec, true); !id)
      return id.error();
  return caf::none;
}

void supervisor_state::proceed() {
  while (auto x = plan->next(now()))
    perform(*x);
  if (plan->up())
    acknowledge(waiting);
  if (plan->over())
    return finish();
  if (auto due = plan->wake())
    clock.set(self, alarm::time_point{*due},
              [self = self] { self->state.proceed(); });
}

caf::timespan supervisor_state::now() const {
  return self->clock().now().time_since_epoch();
}

std::string state_of(const supervision_plan& x) {
  if (x.halting())
    return "stopping";
  return x.up() ? "ready" : "starting";
}

void supervisor_state::note_end(uint64_t id, const caf::error& down) {
  auto& x = children.at(id);
  auto reason = x.failure ? std::exchange(x.failure, {}) : down;
  auto text = reason ? describe(reason) : "a normal end";
  ++x.generation;
  birds.forget(id);
  if (x.question) // the dead do not answer: let CAF forget the question
    self->eq_impl(*std::exchange(x.question, std::nullopt), nullptr,
                  self->context(),
                  caf::make_error(caf::sec::request_receiver_down));
  if (x.handle) {
    if (auto directory = caf::actor_cast<node_actor>(cfg.node))
      caf::anon_send(directory, remove_atom_v, cfg.path_of(x.spec), x.handle);
    by_address.erase(x.handle.address());
    x.handle = nullptr;
  }
  auto failed_before = !plan->verdict().empty();
  auto what = plan->ended(id, is_normal(reason), text, now(), random());
  if (what == ending::restarts) {
    log_line(log_level::warning, "restart of " + cfg.path_of(x.spec),
             cfg.path_of(x.spec) + " ended and is started anew: " + text);
    last.push_back({x.spec.name, text, plan->children().at(id).restarts});
    if (last.size() > remembered)
      last.pop_front();
  } else if (!is_normal(reason))
    log_line(log_level::warning, "end of " + cfg.path_of(x.spec),
             cfg.path_of(x.spec) + " ended for good: " + text);
  if (what == ending::forgotten)
    forget(id, reason);
  else if (what == ending::stays)
    settle(x, reason);
  if (!failed_before && !plan->verdict().empty())
    verdict = because(plan->verdict(), reason);
  if (plan->served() && !verdict)
    verdict = caf::exit_reason::user_shutdown;
}

void supervisor_state::note_ignored(uint64_t id) {
  auto& x = children.at(id);
  ++x.generation;
  for (auto& promise : std::exchange(x.starters, {}))
    promise.deliver(caf::actor{});
  if (plan->ignored(id, now()) == ending::forgotten)
    forget(id, {});
  else
    settle(x, {});
}

void supervisor_state::forget(uint64_t id, const caf::error& reason) {
  auto i = children.find(id);
  settle(i->second, reason);
  by_name.erase(i->second.spec.name);
  children.erase(i);
}

void supervisor_state::finish() {
  answer(waiting, is_normal(verdict) ? cancelled("not ready") : verdict);
  for (auto& [id, x] : children) {
    answer(x.starters, cancelled("cannot start \"" + x.spec.name + "\""));
    acknowledge(x.enders);
  }
  acknowledge(stopping);
  self->quit(verdict);
}

supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           supervisor_config cfg) {
  self->set_default_handler(caf::drop);
  self->set_down_handler([self](caf::down_msg& x) { self->state.lost(x); });
  self->set_exit_handler([self](caf::exit_msg& x) {
    if (x.reason)
      self->state.leave(x.reason);
  });
  if (auto err = self->state.take(std::move(cfg)))
    self->quit(err);
  else
    self->state.proceed();
  return {
    [self](status_atom) { return self->state.status(); },
    [self](ready_atom) { return self->state.ready(); },
    [self](tree_atom) { return tree_below(self->state); },
    [self](start_atom, const child_spec& x) { return self->state.start(x); },
    [self](start_atom, const std::string& x) { return self->state.start(x); },
    [self](remove_atom, const std::string& x) { return self->state.remove(x); },
    [self](stop_atom, const std::string& x) { return self->state.stop(x); },
    [self](stop_atom) { return self->state.stop(); },
  };
}

} // namespace vpaas
