#pragma once

#include "actors/alarm.hpp"
#include "messages/protocol.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/clock_trust.hpp"
#include "runtime/store/event_log.hpp"
#include "runtime/store/ledger.hpp"

#include <caf/all.hpp>

#include <functional>
#include <optional>
#include <string>

namespace vpaas {

/// The actor `ledger`: keeps results and events on disk and finds them again;
/// both in one database, with the same retention. A database
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
  uint64_t max_found = 1000; ///< results or events of one answer
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
  uint64_t events = 0; ///< that were not known before
  uint64_t events_repeated = 0;
  uint64_t events_pruned = 0;
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
      field("pruned", &self::pruned), field("events", &self::events),
      field("events_repeated", &self::events_repeated),
      field("events_pruned", &self::events_pruned),
      field("failed", &self::failed), field("opened", &self::opened),
      field("replaced", &self::replaced), field("set_aside", &self::set_aside),
      field("unreadable", &self::unreadable),
      field("transaction", &self::transaction),
      field("last_error", &self::last_error), field("alarm", &self::alarm));
  }
};

struct ledger_keeper_state;

/// It keeps events as well, see `events_actor`.
using ledger_keeper_actor = ledger_actor::extend<
  caf::reacts_to<publish_atom, std::vector<event>>,
  caf::replies_to<find_atom, event_query>::with<std::vector<event>>>;

using ledger_keeper_pointer
  = ledger_keeper_actor::stateful_pointer<ledger_keeper_state>;

struct ledger_keeper_state {
  static inline const char* name = "ledger";

  explicit ledger_keeper_state(ledger_keeper_pointer self);

  caf::result<uint64_t> record(const std::vector<frame_result>& xs);

  caf::result<std::vector<frame_result>> find(result_query x);

  caf::result<uint64_t> last(const std::string& stream);

  caf::result<void> keep(const std::vector<event>& xs);

  caf::result<std::vector<event>> find(event_query x);

  status_report status() const;

  /// Deletes what need not be kept, and sets the alarm for the next time.
  void prune();

  /// Lets a file go that is not there any more, and sets the alarm for the next
  /// look.
  void watch();

  /// @returns how many rows went of one table, at most
  caf::expected<uint64_t> prune_now(const retention& keep, caf::timestamp now);

  /// @returns why there is no open database
  caf::error open();

  caf::error try_open();

  /// The same for the database and its events.
  caf::error open_events();

  /// Counts an error; the database is opened anew. A damaged one is moved away.
  caf::error fail(caf::error reason);

  void set_aside(const caf::error& reason);

  /// Lets go a file that is not there any more.
  void let_go();

  void raise(std::string text);

  ledger_keeper_pointer self;
  ledger_keeper_config cfg;
  std::optional<ledger> disk;      ///< open, and did not fail since
  std::optional<event_log> events; ///< the same; opened when it is needed
  caf::error away;                 ///< why it could not be opened
  caf::actor_clock::time_point next_attempt;
  std::optional<clock_trust> trust;
  alarm clock;
  alarm looking;
  histogram transactions;
  ledger_status counters;
};

/// @pre `!cfg.validate()`
ledger_keeper_actor::behavior_type ledger_keeper(ledger_keeper_pointer self,
                                                 ledger_keeper_config cfg);

} // namespace vpaas
