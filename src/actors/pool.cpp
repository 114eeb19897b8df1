#include "actors/pool.hpp"

#include "actors/because.hpp"
#include "actors/guard.hpp"
#include "messages/report.hpp"
#include "runtime/policy/restart.hpp"

#include <algorithm>

namespace vpaas {

namespace {

// Jobs are timed in ticks of our own: when the whole process was stopped for a
// while, one tick is late, and no worker is blamed.
caf::timespan tick(const pool_config& cfg) {
  return silence{cfg.stall_after}.period();
}

/// CAF answers so for an actor that died, or is about to.
bool comes_from_the_dead(const caf::error& x) {
  return x == caf::sec::request_receiver_down || x == caf::sec::runtime_error
         || x.category() == caf::atom("exit");
}

caf::error lost_worker(const std::string& what, const caf::error& reason) {
  return because(what + ": " + (reason ? describe(reason) : "a normal end"),
                 reason);
}

caf::error overloaded() {
  return caf::make_error(ec::overload, "failed to queue a job: the pool is "
                                       "full; send less");
}

caf::error too_late() {
  return caf::make_error(ec::deadline, "failed to start a job: its deadline "
                                       "came before a worker was free");
}

caf::error withdrawn() {
  return caf::make_error(ec::cancelled, "the job was taken back");
}

caf::error ended() {
  return caf::make_error(caf::sec::request_receiver_down,
                         std::string{"failed to finish a job: the pool ended"});
}

caf::error stalled(const pool_config& cfg) {
  return caf::make_error(ec::deadline, "no sign of life for "
                                         + format_duration(cfg.stall_after));
}

/// A change may load a model, which takes minutes where the disk is slow.
constexpr auto change_limit = std::chrono::minutes(6);

void ask_worker(pool_self::pointer self, const function_actor& whom,
                const document& changes, pool_change::done_fun done) {
  self->request(whom, change_limit, configure_atom_v, changes)
    .then([done](document& x) { done(std::move(x)); },
          [done](caf::error& cause) { done(std::move(cause)); });
}

/// Workers that were started during a change.
void change_newcomers(pool_state& x, const document& changes) {
  auto& known = x.change.workers();
  for (auto& seat : x.seats)
    if (seat.worker && std::count(known.begin(), known.end(), seat.worker) == 0)
      ask_worker(x.self, seat.worker, changes, [](const auto&) {
        // It is what it was started with; its next start is right.
      });
}

caf::error stuck(const pool_config& cfg) {
  return caf::make_error(ec::deadline, "no answer to a job for "
                                         + format_duration(cfg.job_timeout));
}

} // namespace

caf::error pool_config::validate() const {
  auto bad = [](const char* what) {
    return caf::make_error(ec::bad_config, std::string{"pool: "} + what);
  };
  if (workers == 0 || slots == 0 || capacity == 0)
    return bad("workers, slots and capacity must be at least 1");
  if (stall_after < std::chrono::milliseconds(4))
    return bad("stall_after must be at least 4ms");
  if (job_timeout < stall_after)
    return bad("job_timeout must be at least stall_after");
  if (start_timeout.count() <= 0 || period.count() <= 0 || delay.count() <= 0
      || max_delay < delay)
    return bad("durations must be positive, and max_delay at least delay");
  return caf::none;
}

pool_state::pool_state(pool_self::stateful_pointer<pool_state> self)
  : self(self), random(static_cast<unsigned>(self->id())),
    birds(self, [self](const auto& ids) { self->state.replace_silent(ids); }),
    change([self](const auto& whom, const auto& changes, auto done) {
      ask_worker(self, whom, changes, std::move(done));
    }) {
  // nop
}

pool_state::~pool_state() {
  for (auto& x : seats) {
    if (x.worker)
      caf::anon_send_exit(x.worker, caf::exit_reason::user_shutdown);
    for (auto& running : x.jobs)
      running.value.reply.deliver(ended());
  }
  while (queue && queue->size() > 0)
    queue->take().value.reply.deliver(ended());
  for (auto& x : await_worker)
    x.deliver(ended());
  for (auto& x : senders) // they live on
    self->demonitor(x);
}

caf::typed_response_promise<item> pool_state::submit(job x) {
  auto sender = current_sender(); // first: a promise takes the sender away
  auto reply = self->make_response_promise<item>();
  auto t = now();
  auto due = x.deadline.count() > 0 && x.deadline < tasks::never - t
               ? t + x.deadline
               : tasks::never;
  task value{std::move(x.input), reply, std::move(sender), t, {}, 0, 0};
  ++counts.submitted;
  if (auto out = queue->push(std::move(value), x.priority, due))
    out->reply.deliver(overloaded());
  dispatch();
  return reply;
}

void pool_state::cancel(const std::string& stream) {
  auto out
    = queue->remove_if([&](const task& x) { return x.input.stream == stream; });
  for (auto& x : out)
    x.reply.deliver(withdrawn());
  dispatch();
}

caf::result<document> pool_state::configure(const document& changes) {
  if (!cfg.parameters)
    return caf::make_error(ec::bad_config, "the workers of this pool have no "
                                           "parameters");
  if (changes.value().empty())
    return *cfg.parameters;
  std::vector<function_actor> workers;
  for (auto& x : seats)
    if (x.ready)
      workers.push_back(x.worker);
  if (workers.size() < seats.size())
    return caf::make_error(ec::overload, "workers of this pool are starting; "
                                         "try again later");
  auto reply = self->make_response_promise<document>();
  change.begin(std::move(workers), *cfg.parameters, changes,
               [this, reply, changes](caf::expected<document> x) mutable {
                 if (!x) {
                   reply.deliver(std::move(x.error()));
                   return;
                 }
                 *cfg.parameters = *x;
                 change_newcomers(*this, changes);
                 reply.deliver(std::move(*x));
               });
  return reply;
}

caf::result<function_spec> pool_state::describe_worker() {
  for (auto& x : seats)
    if (x.ready)
      return self->delegate(x.worker, describe_atom_v);
  return caf::make_error(ec::not_found, "no worker of this pool is ready; try "
                                        "again later");
}

caf::result<void> pool_state::await_ready() {
  if (std::any_of(seats.begin(), seats.end(),
                  [](const seat& x) { return x.ready; }))
    return caf::unit;
  await_worker.push_back(self->make_response_promise());
  return caf::delegated<void>{};
}

status_report pool_state::status() const {
  auto x = counts;
  for (const auto& s : seats) {
    x.ready += s.ready ? 1 : 0;
    x.idle += s.ready && s.jobs.empty() ? 1 : 0;
    x.running += s.jobs.size();
  }
  x.when_full = cfg.when_full;
  x.workers = seats.size();
  x.queued = queue->size();
  x.rejected = queue->losses().rejected;
  x.displaced = queue->losses().displaced;
  x.expired = queue->losses().expired;
  x.orphaned += queue->losses().withdrawn;
  x.wait = wait.summary();
  x.service = service.summary();
  return report(self, x.ready > 0 ? "ready" : "starting", x);
}

void pool_state::start(uint32_t index) {
  auto& x = seats[index];
  x.id = ++last_id;
  auto full = check_hung_threads();
  auto made = full ? caf::expected<caf::actor>{full} : make_worker();
  if (!made) {
    ++counts.died;
    return replace(x, made.error());
  }
  x.pulse = made->id();
  x.worker = caf::actor_cast<function_actor>(guarded(self->system(), *made));
  self->monitor(x.worker);
  self->request(x.worker, cfg.start_timeout, ready_atom_v)
    .then([self = self, id = x.id] { self->state.worker_ready(id); },
          [self = self, id = x.id](const caf::error& reason) {
            // Of a death the down message says more.
            if (reason != caf::sec::request_receiver_down)
              self->state.lose(id, reason);
          });
}

void pool_state::check_jobs() {
  auto stuck_now = [&](seat& x) {
    int64_t longest = 0;
    for (auto& running : x.jobs)
      longest = std::max<int64_t>(longest, ++running.value.ticks);
    return longest > cfg.job_timeout / tick(cfg);
  };
  for (auto& x : seats)
    if (x.ready && !ending && stuck_now(x)) {
      ++counts.stalled;
      replace(x, stuck(cfg));
    }
  dispatch(); // not before: who is next may be stuck, too
  self->delayed_send(self, tick(cfg), canary_atom_v);
}

void pool_state::replace_silent(const std::vector<uint64_t>& ids) {
  for (auto id : ids)
    if (auto x = find(id); x && !ending) {
      ++counts.stalled;
      replace(*x, stalled(cfg));
    }
  dispatch(); // not before: who is next may have stalled, too
}

void pool_state::dispatch() {
  if (ending)
    return;
  for (auto& x : queue->expire(now()))
    x.reply.deliver(too_late());
  while (queue->size() > 0) {
    auto next = least_busy();
    if (!next)
      break;
    hand_over(*next, queue->take());
  }
  if (auto due = queue->next_due(); due < armed) {
    armed = due;
    self->delayed_send(self, due - now(), due_atom_v);
  }
}

void pool_state::deadline_came() {
  // An earlier deadline may have armed a second tick; the later one is not it.
  if (now() < armed)
    return;
  armed = tasks::never;
  dispatch();
}

void pool_state::forget(const caf::down_msg& x) {
  auto i = std::find_if(seats.begin(), seats.end(), [&](const seat& s) {
    return s.worker && s.worker.address() == x.source;
  });
  if (i != seats.end())
    return lose(i->id, x.reason);
  if (senders.erase(x.source) == 0)
    return;
  queue->remove_if([&](const task& t) { return t.sender == x.source; });
  dispatch();
}

void pool_state::worker_ready(uint64_t id) {
  auto x = find(id);
  if (!x)
    return;
  x->ready = true;
  birds.watch(id, caf::actor_cast<caf::actor>(x->worker), x->pulse,
              cfg.stall_after);
  for (auto& reply : await_worker)
    reply.deliver(caf::unit);
  await_worker.clear();
  dispatch();
}

void pool_state::finish(uint64_t id, uint64_t ticket, item& result) {
  auto x = settle(id, ticket);
  if (!x)
    return;
  ++counts.answered;
  service.record(now() - x->taken);
  x->reply.deliver(std::move(result));
  dispatch();
}

void pool_state::fail(uint64_t id, uint64_t ticket, const caf::error& reason) {
  if (comes_from_the_dead(reason))
    return lose(id, reason);
  auto x = settle(id, ticket);
  if (!x)
    return;
  ++counts.failed;
  x->reply.deliver(reason);
  dispatch();
}

void pool_state::lose(uint64_t id, const caf::error& reason) {
  auto x = find(id);
  if (!x)
    return;
  ++counts.died;
  replace(*x, reason);
  dispatch();
}

caf::timespan pool_state::now() const {
  return self->clock().now().time_since_epoch();
}

pool_state::seat* pool_state::find(uint64_t id) {
  auto i = std::find_if(seats.begin(), seats.end(),
                        [=](const seat& x) { return x.worker && x.id == id; });
  return i != seats.end() ? &*i : nullptr;
}

pool_state::seat* pool_state::least_busy() {
  seat* result = nullptr;
  for (auto& x : seats)
    if (x.ready && x.jobs.size() < cfg.slots
        && (!result || x.jobs.size() < result->jobs.size()))
      result = &x;
  return result;
}

void pool_state::hand_over(seat& to, tasks::entry x) {
  x.value.taken = now();
  x.value.ticks = 0;
  counts.retried += x.value.handovers++ > 0 ? 1 : 0;
  wait.record(x.value.taken - x.value.arrived);
  // Not a finite timeout: CAF 0.17 keeps each one until it is due, answered or
  // not, and sends it. `job_timeout` and the down message bound the wait.
  self->request(to.worker, caf::infinite, apply_atom_v, x.value.input)
    .then(
      [self = self, id = to.id, ticket = x.ticket](item& result) {
        self->state.finish(id, ticket, result);
      },
      [self = self, id = to.id, ticket = x.ticket](const caf::error& reason) {
        self->state.fail(id, ticket, reason);
      });
  to.jobs.push_back(std::move(x));
}

std::optional<pool_state::task> pool_state::settle(uint64_t id,
                                                   uint64_t ticket) {
  auto from = find(id);
  if (!from) {
    ++counts.late;
    return std::nullopt;
  }
  auto i = std::find_if(from->jobs.begin(), from->jobs.end(),
                        [=](const auto& x) { return x.ticket == ticket; });
  auto result = std::move(i->value);
  from->jobs.erase(i);
  birds.alive(id);
  from->failures = 0;
  return result;
}

void pool_state::replace(seat& x, const caf::error& reason) {
  if (x.worker) {
    birds.forget(x.id);
    self->demonitor(x.worker.address());
    self->send_exit(x.worker, caf::exit_reason::kill);
  }
  auto failures = x.failures;
  auto jobs = std::exchange(x, seat{}).jobs;
  x.failures = failures + 1;
  for (auto& running : jobs)
    retry(std::move(running), reason);
  if (gives_up_after(reason))
    return;
  auto chance = std::generate_canonical<double, 32>(random);
  self->delayed_send(self,
                     restart_delay(cfg.delay, cfg.max_delay, failures, chance),
                     start_atom_v, static_cast<uint32_t>(&x - seats.data()));
}

bool pool_state::gives_up_after(const caf::error& reason) {
  auto t = now();
  losses.push_back(t);
  while (t - losses.front() > cfg.period)
    losses.pop_front();
  if (!gives_up(losses, t, cfg.intensity, cfg.period))
    return false;
  ending = true;
  self->quit(lost_worker("failed to keep workers: "
                           + std::to_string(losses.size()) + " lost within "
                           + format_duration(cfg.period) + ", the last one",
                         reason));
  return true;
}

void pool_state::retry(tasks::entry x, const caf::error& reason) {
  if (x.value.sender && senders.count(x.value.sender) == 0) {
    ++counts.orphaned;
  } else if (x.value.handovers > cfg.retries) {
    ++counts.lost;
    x.value.reply.deliver(lost_worker(
      "failed to finish a job: its worker was lost "
        + std::to_string(x.value.handovers) + " times, the last time",
      reason));
  } else {
    queue->put_back(std::move(x));
  }
}

caf::actor_addr pool_state::current_sender() {
  auto result = caf::actor_cast<caf::actor_addr>(self->current_sender());
  if (result && senders.insert(result).second)
    self->monitor(result);
  return result;
}

pool_self::behavior_type pool(pool_self::stateful_pointer<pool_state> self,
                              pool_config cfg, worker_factory make_worker) {
  auto& st = self->state;
  st.cfg = cfg;
  st.make_worker = std::move(make_worker);
  st.queue.emplace(cfg.capacity, cfg.when_full);
  st.seats.resize(cfg.workers);
  self->set_down_handler([self](caf::down_msg& x) { self->state.forget(x); });
  for (uint32_t i = 0; i < cfg.workers; ++i)
    self->send(self, start_atom_v, i);
  self->delayed_send(self, tick(cfg), canary_atom_v);
  return {
    [self](status_atom) { return self->state.status(); },
    [self](ready_atom) { return self->state.await_ready(); },
    [self](submit_atom, job& x) { return self->state.submit(std::move(x)); },
    [self](cancel_atom, const std::string& stream) {
      self->state.cancel(stream);
    },
    [self](start_atom, uint32_t index) { self->state.start(index); },
    [self](canary_atom) { self->state.check_jobs(); },
    [self](due_atom) { self->state.deadline_came(); },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [self](describe_atom) { return self->state.describe_worker(); },
  };
}

} // namespace vpaas
