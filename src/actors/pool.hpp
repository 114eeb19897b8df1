#pragma once

#include "actors/canaries.hpp"
#include "actors/pool_change.hpp"
#include "messages/protocol.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/job_queue.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <random>
#include <set>
#include <vector>

namespace vpaas {

/// A router in front of a fixed number of workers, which are function actors.
/// Jobs wait in one bounded queue, and the least busy worker with a free slot
/// gets the next one: of a live source before what can wait. A worker that dies
/// or gives no sign of life is replaced, and its jobs go to another one. A
/// sender that dies takes its waiting jobs along. Never blocks; its workers may
/// (spawn them detached).
struct pool_config {
  uint32_t workers = 1;
  uint32_t slots = 1; ///< jobs that one worker holds at once; batching: more
  uint32_t capacity = 64; ///< jobs that wait
  overflow when_full = overflow::displace;
  uint32_t retries = 1; ///< handovers of a job after its worker was lost
  /// A worker that answered neither a job nor a canary for so long, or a
  /// quarter longer, is abandoned. Longer than the longest job of a worker that
  /// blocks.
  caf::timespan stall_after = std::chrono::seconds(5);
  /// So is one that answers canaries, but not this job.
  caf::timespan job_timeout = std::chrono::minutes(1);
  caf::timespan start_timeout = std::chrono::seconds(30); ///< until ready
  uint32_t intensity = 5; ///< lost workers within `period` that are borne
  caf::timespan period = std::chrono::seconds(30);
  caf::timespan delay = std::chrono::milliseconds(50); ///< before a replacement
  caf::timespan max_delay = std::chrono::seconds(5);   ///< after many in a row

  /// What workers are started with, where they can be configured: the factory
  /// reads it, and the pool puts in what all of them took.
  std::shared_ptr<document> parameters;

  /// Returns ec::bad_config where a value cannot be.
  caf::error validate() const;
};

/// Spawns one worker, a `function_actor`; must not block, nor throw.
using worker_factory = std::function<caf::expected<caf::actor>()>;

/// What a pool answers to `status`. At every moment
/// `submitted = answered + failed + lost + orphaned + rejected + displaced +
/// expired + queued + running`.
struct pool_status {
  overflow when_full = overflow::displace;
  uint64_t workers = 0;   ///< that should be there
  uint64_t ready = 0;     ///< of them
  uint64_t idle = 0;      ///< of them without a job
  uint64_t queued = 0;    ///< jobs that wait
  uint64_t running = 0;   ///< jobs that workers hold
  uint64_t submitted = 0; ///< jobs, since the start, as all below
  uint64_t answered = 0;  ///< with a result
  uint64_t failed = 0;    ///< with the worker's error
  uint64_t lost = 0;      ///< with their last worker
  uint64_t orphaned = 0;  ///< no worker had them when their sender died or
                          ///< took them back
  uint64_t rejected = 0;  ///< found the queue full
  uint64_t displaced = 0; ///< made room for another job
  uint64_t expired = 0;   ///< waited beyond their deadline
  uint64_t retried = 0;   ///< handed over once more
  uint64_t died = 0;      ///< workers that ended or did not start
  uint64_t stalled = 0;   ///< workers abandoned without a sign of life
  uint64_t late = 0;      ///< answers of abandoned workers, ignored
  latency wait;           ///< from arrival to a worker
  latency service;        ///< from there to the result

  static constexpr auto type_name = "pool_status";

  static constexpr auto fields() {
    using self = pool_status;
    return std::make_tuple(
      field("overflow", &self::when_full), field("workers", &self::workers),
      field("ready", &self::ready), field("idle", &self::idle),
      field("queued", &self::queued), field("running", &self::running),
      field("submitted", &self::submitted), field("answered", &self::answered),
      field("failed", &self::failed), field("lost", &self::lost),
      field("orphaned", &self::orphaned), field("rejected", &self::rejected),
      field("displaced", &self::displaced), field("expired", &self::expired),
      field("retried", &self::retried), field("died", &self::died),
      field("stalled", &self::stalled), field("late", &self::late),
      field("wait", &self::wait), field("service", &self::service));
  }
};

/// The pool with the messages that it sends to itself.
using pool_self = pool_actor::extend<
  // Starts the worker of this seat.
  caf::reacts_to<start_atom, uint32_t>,
  // Time to look after the jobs of the workers.
  caf::reacts_to<canary_atom>,
  // A deadline has come.
  caf::reacts_to<due_atom>,
  // Changes parameters of all workers; answers them all, checked. Where one
  // refuses, none of them is changed.
  caf::replies_to<configure_atom, document>::with<document>,
  // As a worker says.
  caf::replies_to<describe_atom>::with<function_spec>>;

struct pool_state {
  /// A job together with the promise to answer for it.
  struct task {
    item input;
    caf::typed_response_promise<item> reply;
    caf::actor_addr sender;
    caf::timespan arrived{0};
    caf::timespan taken{0}; ///< by its present worker
    uint32_t handovers = 0;
    uint32_t ticks = 0; ///< with its present worker
  };

  using tasks = job_queue<task>;

  /// A place for a worker, which comes and goes.
  struct seat {
    function_actor worker; ///< null: waits for its start
    uint64_t id = 0;       ///< of this worker, never used again
    uint64_t pulse = 0;    ///< of its thread
    bool ready = false;
    size_t failures = 0; ///< workers lost in a row, none of which did a job
    std::vector<tasks::entry> jobs;
  };

  static inline const char* name = "pool";

  explicit pool_state(pool_self::stateful_pointer<pool_state> self);

  /// Ends the workers and answers whoever waits: however a pool ends, nobody
  /// is left without an answer.
  ~pool_state();

  caf::typed_response_promise<item> submit(job x);

  void cancel(const std::string& stream);

  caf::result<document> configure(const document& changes);

  caf::result<function_spec> describe_worker();

  caf::result<void> await_ready();

  status_report status() const;

  void start(uint32_t index);

  void check_jobs();

  /// Answers what is too late and hands over what can be handed over.
  void dispatch();

  void deadline_came();

  /// A worker or a sender died.
  void forget(const caf::down_msg& x);

  // -- answers of the worker `id` ---------------------------------------------

  void worker_ready(uint64_t id);

  void finish(uint64_t id, uint64_t ticket, item& result);

  void fail(uint64_t id, uint64_t ticket, const caf::error& reason);

  void lose(uint64_t id, const caf::error& reason);

  /// These workers have given no sign of life for too long.
  void replace_silent(const std::vector<uint64_t>& ids);

  // -- verbs of the above -----------------------------------------------------

  caf::timespan now() const;

  seat* find(uint64_t id);

  seat* least_busy();

  void hand_over(seat& to, tasks::entry x);

  /// Takes a job from the worker that answered it; none: the answer is late.
  std::optional<task> settle(uint64_t id, uint64_t ticket);

  /// Abandons the worker of `x`, if it lives, and has another one started.
  void replace(seat& x, const caf::error& reason);

  /// Counts a lost worker and ends the pool where that is one too many.
  bool gives_up_after(const caf::error& reason);

  void retry(tasks::entry x, const caf::error& reason);

  /// Remembers who sends now, so that its death is noticed.
  caf::actor_addr current_sender();

  pool_self::stateful_pointer<pool_state> self;
  pool_config cfg;
  worker_factory make_worker;
  std::optional<tasks> queue;
  std::vector<seat> seats;
  std::set<caf::actor_addr> senders; ///< all of them live
  std::vector<caf::response_promise> await_worker;
  std::deque<caf::timespan> losses; ///< times within `cfg.period`
  std::minstd_rand random;
  canaries birds;
  pool_change change;
  caf::timespan armed = tasks::never; ///< when the next deadline tick comes
  bool ending = false;
  uint64_t last_id = 0;
  pool_status counts; ///< those since the start
  histogram wait;
  histogram service;
};

/// @pre `!cfg.validate()`
pool_self::behavior_type pool(pool_self::stateful_pointer<pool_state> self,
                              pool_config cfg, worker_factory make_worker);

} // namespace vpaas
