#include "actors/fog/ledger_keeper.hpp"

#include "actors/stopwatch.hpp"
#include "messages/report.hpp"
#include "runtime/pulse.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// Waits for a server, counts rows, and may have tables to change.
constexpr auto opening_time = std::chrono::minutes(5);

/// Between two transactions of one pruning, in which others are served.
constexpr auto pruning_pause = std::chrono::milliseconds(20);

} // namespace

caf::error ledger_keeper_config::validate() const {
  if (auto place = parse_connection(database.connection); !place)
    return place.error();
  if (prune_every.count() <= 0 || prune_rows == 0 || max_found == 0
      || database.patience.count() < 0 || keep.max_age.count() < 0)
    return caf::make_error(ec::bad_config, "ledger: times and sizes must be "
                                           "positive");
  return caf::none;
}

ledger_keeper_state::ledger_keeper_state(
  ledger_actor::stateful_pointer<ledger_keeper_state> self)
  : self(self) {
  // nop
}

caf::result<uint64_t>
ledger_keeper_state::record(const std::vector<frame_result>& xs) {
  for (auto& x : xs)
    if (auto err = check_storable(x))
      return err;
  if (auto err = open())
    return err;
  stopwatch running{transactions};
  auto done = disk->record(xs);
  if (!done)
    return fail(std::move(done.error()));
  counters.recorded += xs.size();
  counters.added += done->added;
  counters.revised += done->revised;
  counters.repeated += done->repeated;
  counters.rows += done->added;
  return done->added;
}

caf::result<std::vector<frame_result>>
ledger_keeper_state::find(result_query x) {
  if (auto err = open())
    return err;
  x.most = std::min(x.most, cfg.max_found);
  auto found = disk->find(x);
  if (!found)
    return fail(std::move(found.error()));
  return std::move(*found);
}

caf::result<uint64_t> ledger_keeper_state::last(const std::string& stream) {
  if (auto err = open())
    return err;
  auto found = disk->last_frame(stream);
  if (!found)
    return fail(std::move(found.error()));
  return *found ? **found + 1 : 0;
}

status_report ledger_keeper_state::status() const {
  auto x = counters;
  x.transaction = transactions.summary();
  return report(self, disk ? "ready" : "failed", x);
}

void ledger_keeper_state::prune() {
  auto pruned = uint64_t{0};
  if (!open()) {
    auto done = disk->prune(cfg.keep, caf::make_timestamp(), cfg.prune_rows);
    auto rows = done ? disk->count() : caf::expected<uint64_t>{done.error()};
    if (rows) {
      pruned = *done;
      counters.pruned += pruned;
      counters.rows = *rows;
    } else {
      fail(std::move(rows.error()));
    }
  }
  auto more = pruned >= cfg.prune_rows;
  auto pause = more ? caf::timespan{pruning_pause} : cfg.prune_every;
  clock.set(self, self->clock().now() + pause, [this] { prune(); });
}

caf::error ledger_keeper_state::open() {
  if (disk)
    return caf::none;
  long_step allow{opening_time};
  auto opened = ledger::open(cfg.database);
  auto rows = opened ? opened->count()
                     : caf::expected<uint64_t>{opened.error()};
  if (!rows)
    return fail(std::move(rows.error()));
  disk.emplace(std::move(*opened));
  counters.rows = *rows;
  ++counters.opened;
  return caf::none;
}

caf::error ledger_keeper_state::fail(caf::error reason) {
  disk.reset();
  ++counters.failed;
  auto text = describe(reason);
  if (text != counters.last_error)
    spdlog::error("{}", text);
  counters.last_error = std::move(text);
  return reason;
}

ledger_actor::behavior_type
ledger_keeper(ledger_actor::stateful_pointer<ledger_keeper_state> self,
              ledger_keeper_config cfg) {
  auto& st = self->state;
  st.counters.database = parse_connection(cfg.database.connection)->name();
  st.cfg = std::move(cfg);
  st.prune();
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // A disk that fails now may be mended later: the actor itself is ready.
    },
    [self](record_atom, const std::vector<frame_result>& xs) {
      return self->state.record(xs);
    },
    [self](find_atom, const result_query& x) { return self->state.find(x); },
    [self](last_atom, const std::string& stream) {
      return self->state.last(stream);
    },
  };
}

} // namespace vpaas
