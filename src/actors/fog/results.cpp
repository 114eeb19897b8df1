#include "actors/fog/results.hpp"

#include "messages/report.hpp"
#include "runtime/store/ledger.hpp"

#include <utility>

namespace vpaas {

namespace {

caf::error refusal(size_t waiting, const std::string& cause) {
  return caf::make_error(ec::io,
                         "failed to keep results: " + std::to_string(waiting)
                           + " wait for the ledger already ("
                           + (cause.empty() ? "it is slow" : cause)
                           + "); publish them again later");
}

/// Lets the ledger answer in our place.
template <class T, class... Ts>
caf::result<T> ask_ledger(results_pointer self, const results_config& cfg,
                          Ts... xs) {
  auto reply = self->make_response_promise();
  self
    ->request(caf::actor_cast<node_actor>(cfg.node), cfg.ledger_timeout,
              resolve_atom_v, cfg.ledger)
    .then(
      [reply, xs...](const caf::actor& found) mutable {
        reply.delegate(caf::actor_cast<ledger_actor>(found), xs...);
      },
      [reply](caf::error& err) mutable { reply.deliver(std::move(err)); });
  return caf::delegated<T>{};
}

} // namespace

caf::error stopped() {
  return caf::make_error(ec::cancelled, "failed to keep results: the node is "
                                        "stopping; publish them again later");
}

caf::error results_config::validate() const {
  if (!ledger.empty() && !node)
    return caf::make_error(ec::bad_config,
                           "results: a ledger needs a node to find it in");
  if (max_waiting == 0 || max_batch == 0 || max_queue == 0 || max_delivery == 0
      || ledger_timeout.count() <= 0 || subscriber_timeout.count() <= 0
      || first_delay.count() <= 0 || max_delay < first_delay)
    return caf::make_error(ec::bad_config, "results: sizes and times must be "
                                           "positive");
  return caf::none;
}

results_state::results_state(results_pointer self) : self(self) {
  // nop
}

void results_state::begin(results_config x) {
  cfg = std::move(x);
  commits.emplace(self, cfg, counters);
  live.emplace(self, cfg, counters);
}

caf::result<void> results_state::publish(const std::vector<frame_result>& xs) {
  for (auto& x : xs)
    if (auto err = check_storable(x)) {
      counters.unfit += xs.size();
      return err;
    }
  if (ending) {
    counters.refused += xs.size();
    return stopped();
  }
  std::vector<shared_result> results;
  for (auto& x : xs)
    hand_out(results.emplace_back(std::make_shared<const frame_result>(x)));
  if (commits->full(xs.size())) {
    counters.refused += xs.size();
    for (auto& x : xs)
      if (refused.size() < cfg.max_refused)
        refused.emplace(x.stream, x.frame, x.revision);
    return refusal(counters.waiting, counters.last_error);
  }
  counters.published += xs.size();
  if (cfg.ledger.empty() || xs.empty()) {
    counters.stored += xs.size();
    return caf::unit;
  }
  return commits->add(std::move(results));
}

void results_state::hand_out(const shared_result& x) {
  if (refused.erase({x->stream, x->frame, x->revision}) == 0)
    live->hand_out(x);
}

caf::result<void> results_state::subscribe(const std::string& stream,
                                           const caf::actor& who) {
  if (auto err = live->subscribe(stream, who))
    return err;
  return caf::unit;
}

caf::result<std::vector<frame_result>>
results_state::find(const result_query& x) {
  if (cfg.ledger.empty())
    return caf::make_error(ec::not_found, "failed to find results: this node "
                                          "keeps none; give it a ledger");
  return ask_ledger<std::vector<frame_result>>(self, cfg, find_atom_v, x);
}

caf::result<uint64_t> results_state::last(const std::string& stream) {
  if (cfg.ledger.empty())
    return 0;
  return ask_ledger<uint64_t>(self, cfg, last_atom_v, stream);
}

status_report results_state::status() const {
  auto x = counters;
  x.commit = commits->times();
  x.subscribers = live->subscribers();
  x.queued = live->queued();
  return report(self,
                ending                ? "ending"
                : commits->troubled() ? "waiting"
                                      : "ready",
                x);
}

void results_state::forget(const caf::down_msg& x) {
  if (!commits->forget(x))
    live->forget(x);
}

void results_state::end(const caf::error& reason) {
  ending = true;
  end_reason = reason;
  live->wind_up();
  commits->hurry(); // one more try
  end_if_done();
}

void results_state::end_if_done() {
  if (ending && counters.waiting == 0 && !live->wind_up())
    self->quit(end_reason);
}

results_actor::behavior_type results(results_pointer self, results_config cfg) {
  self->set_down_handler([self](caf::down_msg& x) { self->state.forget(x); });
  self->set_exit_handler([self](caf::exit_msg& x) {
    if (x.reason == caf::exit_reason::user_shutdown)
      self->state.end(x.reason);
    else if (x.reason)
      self->quit(x.reason);
  });
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // A ledger may come later.
    },
    [self](publish_atom, const std::vector<frame_result>& xs) {
      return self->state.publish(xs);
    },
    [self](subscribe_atom, const std::string& stream, const caf::actor& who) {
      return self->state.subscribe(stream, who);
    },
    [self](find_atom, const result_query& x) { return self->state.find(x); },
    [self](last_atom, const std::string& stream) {
      return self->state.last(stream);
    },
  };
}

} // namespace vpaas
