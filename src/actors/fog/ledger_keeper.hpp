#pragma once

#include "actors/alarm.hpp"
#include "messages/protocol.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/clock_trust.hpp"
#include "runtime/store/ledger.hpp"

#include <caf/all.hpp>

#include <functional>
#include <optional>
#include <string>

namespace vpaas {

/// The actor `ledger`: keeps results on disk and finds them again. A database
/// that fails, or cannot be opened, is the answer ec::io and not its end: it is
/// opened anew at the next request; trying again is for who publishes. An
/// attempt that took its time is not made again for a second, in which requests
/// are answered as it was. A file that is damaged is moved away, one that was
/// removed or replaced is let go within half a second, and the one that is
/// there then is used, or made: an alarm in status and log says so. Depends on
/// nobody. It blocks on the disk: spawn it detached.
struct ledger_keeper_config {
  database_config database;
  retention keep;
  caf::timespan prune_every = std::chrono::minutes(1);
  uint64_t prune_rows = 500; ///< in one transaction; others wait so long
  uint64_t max_found = 1000; ///< results of one answer
  /// By which results were captured. No result is too old before it is
  /// believed.
  std::function<caf::timestamp()> wall = caf::make_timestamp;

  caf::error validate() const;
};

/// What it answers to `status`: `recorded = added + revised + repeated`.
struct ledger_status {
  std::string database;
  uint64_t rows = 0;
  uint64_t recorded = 0;
  uint64_t added = 0;
  uint64_t revised = 0;
  uint64_t repeated = 0;
  uint64_t pruned = 0;
  uint64_t failed = 0;     ///< requests
  uint64_t opened = 0;     ///< times
  uint64_t replaced = 0;   ///< times that its file was gone, or another
  uint64_t set_aside = 0;  ///< files that were damaged
  uint64_t unreadable = 0; ///< rows that were found and left out
  latency transaction;
  std::string last_error;
  std::string alarm; ///< what somebody has to look at; it stays

  static constexpr auto type_name = "ledger_status";

  static constexpr auto fields() {
    using self = ledger_status;
    return std::make_tuple(
      field("database", &self::database), field("rows", &self::rows),
      field("recorded", &self::recorded), field("added", &self::added),
      field("revised", &self::revised), field("repeated", &self::repeated),
      field("pruned", &self::pruned), field("failed", &self::failed),
      field("opened", &self::opened), field("replaced", &self::replaced),
      field("set_aside", &self::set_aside),
      field("unreadable", &self::unreadable),
      field("transaction", &self::transaction),
      field("last_error", &self::last_error), field("alarm", &self::alarm));
  }
};

struct ledger_keeper_state {
  static inline const char* name = "ledger";

  explicit ledger_keeper_state(
    ledger_actor::stateful_pointer<ledger_keeper_state> self);

  caf::result<uint64_t> record(const std::vector<frame_result>& xs);

  caf::result<std::vector<frame_result>> find(result_query x);

  caf::result<uint64_t> last(const std::string& stream);

  status_report status() const;

  /// Deletes what need not be kept, and sets the alarm for the next time.
  void prune();

  /// Lets a file go that is not there any more, and sets the alarm for the next
  /// look.
  void watch();

  /// @returns why there is no open database
  caf::error open();

  caf::error try_open();

  /// Counts an error; the database is opened anew. A damaged one is moved away.
  caf::error fail(caf::error reason);

  void set_aside(const caf::error& reason);

  /// Lets go a file that is not there any more.
  void let_go();

  void raise(std::string text);

  ledger_actor::stateful_pointer<ledger_keeper_state> self;
  ledger_keeper_config cfg;
  std::optional<ledger> disk; ///< open, and did not fail since
  caf::error away;            ///< why it could not be opened
  caf::actor_clock::time_point next_attempt;
  std::optional<clock_trust> trust;
  alarm clock;
  alarm looking;
  histogram transactions;
  ledger_status counters;
};

/// @pre `!cfg.validate()`
ledger_actor::behavior_type
ledger_keeper(ledger_actor::stateful_pointer<ledger_keeper_state> self,
              ledger_keeper_config cfg);

} // namespace vpaas
