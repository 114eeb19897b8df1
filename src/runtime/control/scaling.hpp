#pragma once

#include "runtime/fields.hpp"

#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <deque>
#include <vector>

namespace vpaas {

/// Within what bounds workers come and go, and how eagerly.
struct scaling_config {
  uint32_t least = 1; ///< 0: none where nothing arrives for `idle`
  uint32_t most = 1;
  double utilisation = .9; ///< of a worker, at most, in (0, 1]
  /// What arrives and how long it takes is averaged over it, longer where that
  /// is little; a step in what arrives begins anew.
  caf::timespan window = std::chrono::seconds(20);
  caf::timespan cool_down = std::chrono::seconds(30); ///< before any goes
  double slack = .04; ///< of the load; so little of it changes nothing
  caf::timespan idle = std::chrono::minutes(5);
  caf::timespan service{0}; ///< of a job, until one was done; 0: not known

  /// Returns ec::bad_config where a value cannot be.
  caf::error validate() const;
};

/// What a pool has done since its start.
struct pool_load {
  uint64_t arrived = 0;
  uint64_t finished = 0;
  caf::timespan busy{0}; ///< time that workers had a job, of all together
  uint64_t waiting = 0;  ///< jobs, now
};

/// Workers for a load [VI-D]: load / utilisation, rounded up; and so many that
/// no more than one job in twenty waits for longer than half of its service. By
/// Erlang's C for jobs that come by chance, with Allen and Cunneen's correction
/// for service times that vary by a third of their mean. Few workers need more
/// of a reserve than many.
/// @param load arrivals a second x seconds of service
/// @returns at most `most`
uint32_t workers_for(double load, double utilisation, uint32_t most);

/// How many workers a pool shall have: what `workers_for` says, within bounds.
/// More at once; fewer only where so many were not needed for all of the
/// cool-down; and neither for a little. It goes by its own last
/// word, never by how many workers there are at the moment: those that start
/// are not asked for twice, and not taken back while they do. Holds no clock.
class scaling {
public:
  /// @param workers that the pool has
  /// @pre `!cfg.validate()`
  scaling(scaling_config cfg, uint32_t workers);

  /// Looks at a pool, as often as not: several times within the window.
  /// @returns workers that it shall have
  uint32_t look(caf::timespan now, const pool_load& x);

  /// Goes on under other bounds. @pre `!cfg.validate()`
  void limit(scaling_config cfg);

  uint32_t target() const {
    return target_;
  }

  double arrivals_a_second() const {
    return rate_;
  }

  /// Of a job; 0: not known yet.
  caf::timespan service() const {
    return service_;
  }

  const scaling_config& config() const {
    return cfg_;
  }

private:
  struct sample {
    caf::timespan at;
    pool_load pool;
  };

  struct need {
    caf::timespan at;
    double load;
  };

  void take(const sample& x);

  /// Forgets what came before a step in what arrives.
  void notice_step();

  bool differs(const sample& old, const sample& from) const;

  const sample& first_since(caf::timespan t) const;

  void measure();

  /// Workers' worth of jobs, with those that wait.
  double load_now() const;

  /// The highest load of the cool-down, with this one.
  double highest(const need& x);

  /// `workers_for` this load, within bounds.
  uint32_t needed(double load) const;

  uint32_t bounded(uint32_t workers) const;

  scaling_config cfg_;
  uint32_t target_;
  double rate_ = 0;
  caf::timespan service_;
  caf::timespan last_arrival_{0};
  caf::timespan begin_{0};     ///< of what `rate_` is the average of
  std::deque<sample> samples_; ///< oldest first
  std::deque<need> needs_;     ///< of the cool-down, each above all that follow
};

/// A worker, as far as it matters for who goes.
struct worker_seat {
  bool ready = false;
  uint64_t jobs = 0;  ///< that it holds
  uint64_t since = 0; ///< grows from worker to worker
};

/// Who goes: those that have not started yet, the youngest first, then those
/// without a job, then those with few; these end when they have done them.
/// @returns indices of `surplus` seats, or of all
std::vector<size_t> who_leaves(const std::vector<worker_seat>& xs,
                               size_t surplus);

} // namespace vpaas
