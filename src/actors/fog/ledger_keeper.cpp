#include "actors/fog/ledger_keeper.hpp"

#include "actors/stopwatch.hpp"
#include "messages/report.hpp"
#include "runtime/pulse.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// Waits for a server, and may have tables to change.
constexpr auto opening_time = std::chrono::minutes(5);

/// Between two transactions of one pruning, in which others are served.
constexpr auto pruning_pause = std::chrono::milliseconds(20);

/// Between two looks whether the file is still there.
constexpr auto look_every = std::chrono::milliseconds(500);

/// An attempt to open that took this long is not made again for a while.
constexpr auto slow_attempt = std::chrono::milliseconds(100);
constexpr auto pause_after_it = std::chrono::seconds(1);

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

ledger_keeper_state::ledger_keeper_state(ledger_keeper_pointer self)
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
  if (disk->moved()) {
    let_go(); // with what was just written
    return caf::make_error(ec::io, counters.alarm);
  }
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
  counters.unreadable = disk->unreadable();
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

caf::result<void> ledger_keeper_state::keep(const std::vector<event>& xs) {
  for (auto& x : xs)
    if (auto err = check_storable(x))
      return err;
  if (auto err = open_events())
    return err;
  auto added = events->record(xs);
  if (!added)
    return fail(std::move(added.error()));
  if (disk->moved()) {
    let_go(); // with what was just written
    return caf::make_error(ec::io, counters.alarm);
  }
  counters.events += *added;
  counters.events_repeated += xs.size() - *added;
  return caf::unit;
}

caf::result<std::vector<event>> ledger_keeper_state::find(event_query x) {
  if (auto err = open_events())
    return err;
  x.most = std::min(x.most, cfg.max_found);
  auto found = events->find(x);
  if (!found)
    return fail(std::move(found.error()));
  return std::move(*found);
}

status_report ledger_keeper_state::status() const {
  auto x = counters;
  x.transaction = transactions.summary();
  return report(self, disk ? "ready" : "failed", x);
}

void ledger_keeper_state::prune() {
  auto pruned = uint64_t{0};
  if (!open()) {
    auto now = cfg.wall();
    trust->read(now, self->clock().now().time_since_epoch());
    auto keep = cfg.keep;
    if (!trust->trusted())
      keep.max_age = caf::timespan{0};
    auto done = prune_now(keep, now);
    if (done)
      pruned = *done;
    else
      fail(std::move(done.error()));
  }
  auto more = pruned >= cfg.prune_rows;
  auto pause = more ? caf::timespan{pruning_pause} : cfg.prune_every;
  clock.set(self, self->clock().now() + pause, [this] { prune(); });
}

caf::expected<uint64_t> ledger_keeper_state::prune_now(const retention& keep,
                                                       caf::timestamp now) {
  auto results = disk->prune(keep, now, cfg.prune_rows);
  if (!results)
    return results;
  counters.pruned += *results;
  counters.rows -= std::min(*results, counters.rows);
  if (auto err = open_events())
    return err;
  auto old = events->prune(keep, now, cfg.prune_rows);
  if (!old)
    return old;
  counters.events_pruned += *old;
  return std::max(*results, *old);
}

void ledger_keeper_state::watch() {
  if (disk && disk->moved()) {
    let_go();
    open();
  }
  looking.set(self, self->clock().now() + look_every, [this] { watch(); });
}

caf::error ledger_keeper_state::open() {
  if (disk && disk->moved())
    let_go();
  if (disk)
    return caf::none;
  if (away && self->clock().now() < next_attempt)
    return away;
  long_step allow{opening_time};
  auto started = std::chrono::steady_clock::now();
  away = try_open();
  if (away == ec::bad_input) // it was moved away
    away = try_open();
  if (std::chrono::steady_clock::now() - started >= slow_attempt)
    next_attempt = self->clock().now() + pause_after_it;
  return away;
}

caf::error ledger_keeper_state::try_open() {
  auto opened = ledger::open(cfg.database);
  auto rows = opened ? opened->rows() : caf::expected<uint64_t>{opened.error()};
  if (!rows)
    return fail(std::move(rows.error()));
  disk.emplace(std::move(*opened));
  counters.rows = *rows;
  ++counters.opened;
  return caf::none;
}

caf::error ledger_keeper_state::open_events() {
  if (auto err = open())
    return err;
  if (events)
    return caf::none;
  auto opened = event_log::open(cfg.database);
  if (!opened)
    return fail(std::move(opened.error()));
  events.emplace(std::move(*opened));
  return caf::none;
}

caf::error ledger_keeper_state::fail(caf::error reason) {
  events.reset();
  disk.reset();
  ++counters.failed;
  auto text = describe(reason);
  if (text != counters.last_error)
    spdlog::error("{}", text);
  counters.last_error = std::move(text);
  if (reason == ec::bad_input)
    set_aside(reason);
  return reason;
}

void ledger_keeper_state::set_aside(const caf::error& reason) {
  auto to = vpaas::set_aside(cfg.database.connection, cfg.wall());
  if (!to)
    return raise(cause_of(to.error()));
  ++counters.set_aside;
  raise("the ledger " + counters.database + " was damaged and is " + *to
        + " now, a new one is made (" + cause_of(reason) + "); try sqlite3 "
        + *to + " .recover");
}

void ledger_keeper_state::let_go() {
  events.reset();
  disk->settle();
  disk.reset();
  ++counters.replaced;
  raise("the ledger " + counters.database
        + " was removed or replaced while it was open: what is there now is "
          "used, or made anew; results of before are where it went");
}

void ledger_keeper_state::raise(std::string text) {
  spdlog::error("{}", text);
  counters.alarm = std::move(text);
}

ledger_keeper_actor::behavior_type ledger_keeper(ledger_keeper_pointer self,
                                                 ledger_keeper_config cfg) {
  auto& st = self->state;
  st.counters.database = parse_connection(cfg.database.connection)->name();
  st.cfg = std::move(cfg);
  st.trust.emplace(st.cfg.wall(), self->clock().now().time_since_epoch());
  st.prune();
  st.watch();
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
    [self](publish_atom, const std::vector<event>& xs) {
      return self->state.keep(xs);
    },
    [self](find_atom, const event_query& x) { return self->state.find(x); },
  };
}

} // namespace vpaas
