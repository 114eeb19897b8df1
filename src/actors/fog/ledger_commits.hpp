#pragma once

#include "actors/alarm.hpp"
#include "actors/fog/results_config.hpp"
#include "actors/requests.hpp"

#include <deque>
#include <vector>

namespace vpaas {

/// The way of results to the ledger, a part of the actor `results`:
/// publications wait in order, go in groups, one transaction at a time, and are
/// answered when they are on the disk. Where the ledger fails, dies or is
/// silent, what was under way waits again, in front, for the time of a
/// back-off.
class ledger_commits {
public:
  /// @param owner, counters outlive this
  ledger_commits(results_pointer owner, const results_config& cfg,
                 results_status& counters);

  ledger_commits(const ledger_commits&) = delete;

  ledger_commits& operator=(const ledger_commits&) = delete;

  /// Answers who still waits.
  ~ledger_commits();

  /// Whether so many more are too many. One publication always fits.
  bool full(size_t results) const;

  /// Takes a publication. @returns the promise of its answer
  caf::result<void> add(std::vector<shared_result> xs);

  /// Begins a transaction if none runs and something waits.
  void flush();

  /// The same, without waiting for the end of a back-off.
  void hurry();

  /// @returns whether `x` was the ledger
  bool forget(const caf::down_msg& x);

  /// Whether the last attempt failed.
  bool troubled() const;

  latency times() const;

private:
  /// What one publisher waits for.
  struct publication {
    std::vector<shared_result> results;
    caf::response_promise reply;
    caf::actor_clock::time_point taken;
  };

  void find_ledger();

  void send_batch();

  void committed();

  void fail(const caf::error& reason);

  results_pointer self_;
  const results_config& cfg_;
  results_status& counters_;
  ledger_actor ledger_; ///< null where it must be found first
  std::deque<publication> queue_;
  std::deque<publication> batch_; ///< in the running transaction
  uint64_t attempt_ = 0;          ///< answers of earlier ones are late
  bool busy_ = false;             ///< an attempt runs
  bool resting_ = false;          ///< until the back-off is over
  size_t failures_ = 0;           ///< in a row
  alarm clock_;
  requests asked_;
  std::minstd_rand random_;
  histogram times_;
};

} // namespace vpaas
