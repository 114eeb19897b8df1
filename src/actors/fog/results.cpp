#include "actors/fog/results.hpp"

#include "messages/report.hpp"
#include "runtime/policy/restart.hpp"
#include "runtime/store/ledger.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

//             something waits           found
//      idle -----------------> finding -------> writing
//       ^ ^                       |                |
//       | '---- resting <---------+----------------+ failed, died, no answer
//       |    back-off is over                      |
//       '------------------------------------------' on the disk

namespace vpaas {

namespace {

caf::error refusal(size_t waiting, const std::string& cause) {
  return caf::make_error(ec::io,
                         "failed to keep results: " + std::to_string(waiting)
                           + " wait for the ledger already ("
                           + (cause.empty() ? "it is slow" : cause)
                           + "); publish them again later");
}

caf::error stopped() {
  return caf::make_error(ec::cancelled, "failed to keep results: the node is "
                                        "stopping; publish them again later");
}

/// Lets the ledger answer in our place.
template <class T, class... Ts>
caf::result<T> ask_ledger(results_actor::stateful_pointer<results_state> self,
                          const results_config& cfg, Ts... xs) {
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

results_state::results_state(
  results_actor::stateful_pointer<results_state> self)
  : self(self) {
  // nop
}

results_state::~results_state() {
  for (auto* waiting : {&batch, &queue})
    for (auto& x : *waiting)
      x.reply.deliver(stopped());
  if (auto i = subscribers.find(writer_id); i != subscribers.end())
    caf::anon_send_exit(i->second.handle, caf::exit_reason::user_shutdown);
}

caf::result<void> results_state::publish(const std::vector<frame_result>& xs) {
  for (auto& x : xs)
    if (auto err = check_storable(x)) {
      counters.unfit += xs.size();
      return err;
    }
  auto full = counters.waiting > 0
              && counters.waiting + xs.size() > cfg.max_waiting;
  if (ending || full) {
    counters.refused += xs.size();
    return ending ? stopped() : refusal(counters.waiting, counters.last_error);
  }
  publication x;
  for (auto& result : xs) {
    x.results.push_back(std::make_shared<const frame_result>(result));
    hand_out(x.results.back());
  }
  counters.published += xs.size();
  if (cfg.ledger.empty() || xs.empty()) {
    counters.stored += xs.size();
    return caf::unit;
  }
  counters.waiting += xs.size();
  x.reply = self->make_response_promise();
  x.taken = self->clock().now();
  queue.push_back(std::move(x));
  flush();
  return caf::delegated<void>{};
}

caf::result<void> results_state::subscribe(const std::string& stream,
                                           const caf::actor& who) {
  if (!who)
    return caf::make_error(ec::bad_input, "failed to subscribe: nobody");
  auto known = std::find_if(subscribers.begin(), subscribers.end(),
                            [&](auto& x) { return x.second.handle == who; });
  if (known != subscribers.end())
    drop(known->first);
  if (subscribers.size() >= cfg.max_subscribers)
    return caf::make_error(ec::overload,
                           "failed to subscribe: there are "
                             + std::to_string(subscribers.size())
                             + " already; end one, or raise subscribers");
  self->monitor(who);
  subscribers[++last_id] = {who, stream, {}, 0};
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
  x.commit = commits.summary();
  x.subscribers = subscribers.size();
  for (auto& s : subscribers)
    x.queued += s.second.waiting.size() + s.second.flying;
  return report(self,
                ending                    ? "ending"
                : resting || failures > 0 ? "waiting"
                                          : "ready",
                x);
}

void results_state::forget(const caf::down_msg& x) {
  if (ledger && x.source == ledger.address()) {
    ledger = nullptr;
    if (busy)
      fail(x.reason);
    return;
  }
  auto i = std::find_if(subscribers.begin(), subscribers.end(), [&](auto& s) {
    return s.second.handle.address() == x.source;
  });
  if (i == subscribers.end())
    return;
  auto was_writer = i->first == writer_id;
  drop(i->first);
  if (was_writer)
    start_writer();
}

void results_state::end(const caf::error& reason) {
  ending = true;
  end_reason = reason;
  resting = false; // one more try
  flush();
  end_if_done();
}

void results_state::flush() {
  if (busy || resting || queue.empty())
    return;
  size_t n = 0;
  while (!queue.empty() && n < cfg.max_batch) {
    n += queue.front().results.size();
    batch.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  busy = true;
  ++attempt;
  if (ledger)
    send_batch();
  else
    find_ledger();
}

void results_state::find_ledger() {
  self
    ->request(caf::actor_cast<node_actor>(cfg.node), cfg.ledger_timeout,
              resolve_atom_v, cfg.ledger)
    .then(
      [this](const caf::actor& found) {
        ledger = caf::actor_cast<ledger_actor>(found);
        self->monitor(ledger);
        send_batch();
      },
      [this](const caf::error& err) { fail(err); });
}

void results_state::send_batch() {
  std::vector<frame_result> xs;
  for (auto& x : batch)
    for (auto& result : x.results)
      xs.push_back(*result);
  asked.send(self, ledger, cfg.ledger_timeout, record_atom_v, std::move(xs))
    .then(
      [this, id = attempt](uint64_t) {
        if (busy && id == attempt)
          committed();
      },
      [this, id = attempt](const caf::error& err) {
        if (busy && id == attempt)
          fail(err);
      });
}

void results_state::committed() {
  busy = false;
  failures = 0;
  ++counters.commits;
  for (auto& x : batch) {
    counters.waiting -= x.results.size();
    counters.stored += x.results.size();
    commits.record(self->clock().now() - x.taken);
    x.reply.deliver(caf::unit);
  }
  batch.clear();
  flush();
  end_if_done();
}

void results_state::fail(const caf::error& reason) {
  busy = false;
  ++counters.failures;
  auto text = describe(reason);
  if (text != counters.last_error)
    spdlog::error("results wait for the ledger: {}", text);
  counters.last_error = std::move(text);
  if (ledger)
    self->demonitor(ledger.address());
  ledger = nullptr;
  queue.insert(queue.begin(), std::make_move_iterator(batch.begin()),
               std::make_move_iterator(batch.end()));
  batch.clear();
  resting = true;
  std::uniform_real_distribution<> jitter;
  clock.set(self,
            self->clock().now()
              + restart_delay(cfg.first_delay, cfg.max_delay, failures++,
                              jitter(random)),
            [this] {
              resting = false;
              flush();
            });
}

void results_state::start_writer() {
  writer_id = 0;
  if (!cfg.writer || ending)
    return;
  auto handle = cfg.writer();
  self->monitor(handle);
  writer_id = ++last_id;
  subscribers[writer_id] = {handle, "", {}, 0};
}

void results_state::hand_out(const shared_result& x) {
  for (auto& [id, s] : subscribers) {
    if (!s.stream.empty() && s.stream != x->stream)
      continue;
    s.waiting.push_back(x);
    if (s.waiting.size() > cfg.max_queue) {
      s.waiting.pop_front();
      ++counters.slow;
    }
    serve(s, id);
  }
}

void results_state::serve(subscriber& x, uint64_t id) {
  if (x.flying > 0 || x.waiting.empty())
    return;
  std::vector<frame_result> xs;
  while (!x.waiting.empty() && xs.size() < cfg.max_delivery) {
    xs.push_back(*x.waiting.front());
    x.waiting.pop_front();
  }
  x.flying = xs.size();
  asked
    .send(self, x.handle, cfg.subscriber_timeout, result_atom_v, std::move(xs))
    .then([this, id = id] { served(id, true); },
          [this, id = id](const caf::error&) { served(id, false); });
}

void results_state::served(uint64_t id, bool answered) {
  auto i = subscribers.find(id);
  if (i == subscribers.end())
    return;
  auto& x = i->second;
  (answered ? counters.delivered : counters.unanswered) += x.flying;
  x.flying = 0;
  serve(x, id);
  end_if_done();
}

void results_state::drop(uint64_t id) {
  auto i = subscribers.find(id);
  counters.gone += i->second.flying + i->second.waiting.size();
  self->demonitor(i->second.handle.address());
  subscribers.erase(i);
}

void results_state::end_if_done() {
  auto writer = subscribers.find(writer_id);
  auto written = writer == subscribers.end() || writer->second.flying == 0;
  if (ending && counters.waiting == 0 && written)
    self->quit(end_reason);
}

results_actor::behavior_type
results(results_actor::stateful_pointer<results_state> self,
        results_config cfg) {
  auto& st = self->state;
  st.random.seed(static_cast<unsigned>(cfg.seed));
  st.cfg = std::move(cfg);
  self->set_down_handler([self](caf::down_msg& x) { self->state.forget(x); });
  self->set_exit_handler([self](caf::exit_msg& x) {
    if (x.reason == caf::exit_reason::user_shutdown)
      self->state.end(x.reason);
    else if (x.reason)
      self->quit(x.reason);
  });
  st.start_writer();
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
