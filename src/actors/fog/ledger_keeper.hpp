#pragma once

#include "actors/alarm.hpp"
#include "messages/protocol.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/store/ledger.hpp"

#include <caf/all.hpp>

#include <optional>
#include <string>

namespace vpaas {

/// The actor `ledger`: keeps results on disk and finds them again. A database
/// that fails, or cannot be opened, is an answer and not its end: it is opened
/// anew at the next request; trying again is for who publishes. Depends on
/// nobody. It blocks on the disk: spawn it detached.
struct ledger_keeper_config {
  database_config database;
  retention keep;
  caf::timespan prune_every = std::chrono::minutes(1);
  uint64_t prune_rows = 5000; ///< in one transaction; others wait so long
  uint64_t max_found = 1000;  ///< results of one answer

  caf::error validate() const;
};

/// What it answers to `status`: `recorded = added + revised + repeated`.
struct ledger_status {
  std::string database;
  uint64_t rows = 0; ///< when it was last opened or pruned, and added since
  uint64_t recorded = 0;
  uint64_t added = 0;
  uint64_t revised = 0;
  uint64_t repeated = 0;
  uint64_t pruned = 0;
  uint64_t failed = 0; ///< requests
  uint64_t opened = 0; ///< times
  latency transaction;
  std::string last_error;

  static constexpr auto type_name = "ledger_status";

  static constexpr auto fields() {
    using self = ledger_status;
    return std::make_tuple(
      field("database", &self::database), field("rows", &self::rows),
      field("recorded", &self::recorded), field("added", &self::added),
      field("revised", &self::revised), field("repeated", &self::repeated),
      field("pruned", &self::pruned), field("failed", &self::failed),
      field("opened", &self::opened), field("transaction", &self::transaction),
      field("last_error", &self::last_error));
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

  /// @returns why there is no open database
  caf::error open();

  /// Counts an error; the database is opened anew.
  caf::error fail(caf::error reason);

  ledger_actor::stateful_pointer<ledger_keeper_state> self;
  ledger_keeper_config cfg;
  std::optional<ledger> disk; ///< open, and did not fail since
  alarm clock;
  histogram transactions;
  ledger_status counters;
};

/// @pre `!cfg.validate()`
ledger_actor::behavior_type
ledger_keeper(ledger_actor::stateful_pointer<ledger_keeper_state> self,
              ledger_keeper_config cfg);

} // namespace vpaas
