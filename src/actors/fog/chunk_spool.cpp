#include "actors/fog/chunk_spool.hpp"

#include "actors/fog/stored_segment.hpp"
#include "actors/stopwatch.hpp"
#include "messages/report.hpp"
#include "runtime/node/log.hpp"
#include "runtime/pulse.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// Reads the headers of all that is kept, perhaps from a slow disk.
constexpr auto opening_time = std::chrono::minutes(5);
/// Between two attempts to open a folder that cannot be: requests between them
/// are answered as the last was.
constexpr auto retry_after = std::chrono::milliseconds(100);
/// Without a request.
constexpr auto look_again = std::chrono::seconds(1);
/// The operator is warned from the one on, and anew after the other.
constexpr auto warn_from = 0.8;
constexpr auto calm_below = 0.7;
/// Losses that are remembered for a stream whose owner is away.
constexpr size_t max_untold = 10'000;

spool_part part_of(const segment& x, caf::timestamp now) {
  auto captured = x.packets.empty() ? now : x.packets.front().captured;
  return {x.stream, x.number, x.part, x.first_frame, frames_in(x), captured};
}

caf::result<void> answer(caf::error err) {
  if (err)
    return err;
  return caf::unit;
}

double seconds_of(caf::timespan x) {
  return std::chrono::duration<double>(x).count();
}

} // namespace

caf::error chunk_spool_config::validate() const {
  if (folder.empty())
    return caf::make_error(ec::bad_config, "chunk_spool: folder is missing");
  if (limits.max_bytes == 0 || limits.max_age.count() <= 0
      || check_every.count() <= 0)
    return caf::make_error(ec::bad_config, "chunk_spool: times and sizes must "
                                           "be positive");
  return caf::none;
}

chunk_spool_state::chunk_spool_state(
  spool_actor::stateful_pointer<chunk_spool_state> self)
  : self(self) {
  // nop
}

caf::result<spool_content> chunk_spool_state::open(const std::string& stream,
                                                   const caf::actor& by) {
  auto& owner = owners[stream];
  if (owner != by) {
    if (owner)
      self->demonitor(owner.address());
    owner = by;
    self->monitor(owner);
  }
  if (auto err = begin())
    return err;
  spool_content result;
  result.segments = disk->segments(stream);
  result.position = position(stream);
  auto answer = self->make_response_promise<spool_content>();
  answer.deliver(std::move(result));
  if (auto x = untold.extract(stream))
    for (const auto& lost : x.mapped())
      caf::anon_send(by, lost_atom_v, lost.number, lost.reason);
  return answer;
}

caf::result<void> chunk_spool_state::keep(const segment& x,
                                          const spool_position& at) {
  if (auto err = begin())
    return err;
  stopwatch running{keeping};
  auto time = now();
  auto err = disk->keep(part_of(x, time), store(x), store(at), time);
  tell();
  return answer(done(std::move(err)));
}

caf::result<std::vector<segment>>
chunk_spool_state::fetch(const std::string& stream, uint64_t number) {
  if (auto err = begin())
    return err;
  auto payloads = disk->fetch(stream, number);
  tell();
  if (!payloads) {
    counters.last_error = describe(payloads.error());
    counters.failures += payloads.error() == ec::io ? 1 : 0;
    return payloads.error();
  }
  std::vector<segment> result;
  for (const auto& payload : *payloads) {
    auto x = read_segment(payload);
    if (!x) {
      auto err = done(disk->reject(stream, number));
      tell();
      return err ? err : x.error();
    }
    result.push_back(std::move(*x));
  }
  return result;
}

caf::result<void> chunk_spool_state::release(const std::string& stream,
                                             uint64_t number) {
  if (auto err = begin())
    return err;
  auto err = disk->release(stream, number);
  tell();
  return answer(done(std::move(err)));
}

caf::result<void> chunk_spool_state::remove(const std::string& stream) {
  removed.insert(stream);
  return answer(begin() ? away : forget_removed());
}

caf::error chunk_spool_state::forget_removed() {
  while (!removed.empty()) {
    if (auto err = disk->forget(*removed.begin()))
      return done(std::move(err));
    untold.erase(*removed.begin());
    removed.erase(removed.begin());
  }
  return done(caf::none);
}

spool_position chunk_spool_state::position(const std::string& stream) {
  spool_position result;
  if (auto known = disk->position(stream); !known.bytes.empty()) {
    auto x = read_position(known);
    if (x)
      result = std::move(*x);
    else
      counters.last_error = describe(x.error());
  }
  auto end = disk->end_of_newer(stream);
  if (result.next_segment < end.segment || result.next_frame < end.frame)
    result.camera.clear(); // it is numbered anew from there
  result.next_segment = std::max(result.next_segment, end.segment);
  result.next_frame = std::max(result.next_frame, end.frame);
  return result;
}

status_report chunk_spool_state::status() {
  auto x = counters;
  x.folder = cfg.folder;
  x.limit_bytes = cfg.limits.max_bytes;
  x.max_age_s = seconds_of(cfg.limits.max_age);
  x.owned = owners.size();
  x.keep = keeping.summary();
  if (disk) {
    auto totals = disk->totals();
    x.streams = totals.streams;
    x.segments = totals.segments;
    x.bytes = totals.bytes;
    x.found = totals.found;
    x.kept = totals.kept;
    x.released = totals.released;
    x.damaged = totals.damaged;
    x.newer = totals.newer;
    x.foreign = totals.foreign;
    auto time = now();
    x.filled = filled(time);
    if (auto oldest = disk->oldest())
      x.oldest_s = std::max(0., seconds_of(time - *oldest));
  }
  auto state = !disk || failed ? "failed" : filling ? "filling" : "ready";
  return report(self, state, x);
}

void chunk_spool_state::forget(const caf::down_msg& x) {
  for (auto i = owners.begin(); i != owners.end();)
    i = i->second.address() == x.source ? owners.erase(i) : std::next(i);
}

void chunk_spool_state::check() {
  auto pause = std::min(cfg.check_every, cfg.limits.max_age / 10);
  if (begin()) {
    pause = std::min<caf::timespan>(pause, look_again);
  } else {
    forget_removed();
    warn();
    auto time = now();
    if (auto err = disk->prune(time))
      done(std::move(err));
    tell();
    forget_idle();
    if (auto oldest = disk->oldest())
      if (auto left = *oldest + cfg.limits.max_age - time; left.count() > 0)
        pause = std::min(pause, left);
  }
  clock.set(self, self->clock().now() + pause, [this] { check(); });
}

void chunk_spool_state::forget_idle() {
  auto before = std::exchange(idle, {});
  auto time = self->clock().now();
  for (const auto& stream : disk->empty_streams()) {
    if (owners.count(stream) > 0)
      continue;
    auto since = before.count(stream) > 0 ? before[stream] : time;
    if (time - since < cfg.limits.max_age || disk->forget(stream))
      idle.emplace(stream, since);
    else
      untold.erase(stream);
  }
}

caf::error chunk_spool_state::begin() {
  if (disk)
    return caf::none;
  auto time = self->clock().now();
  if (away && time < next_attempt)
    return done(away);
  now();
  long_step allow{opening_time};
  auto opened = spool::open(cfg.folder, spool_formats, cfg.limits);
  away = opened ? caf::error{} : std::move(opened.error());
  next_attempt = time + retry_after;
  if (away)
    return done(away);
  disk = std::move(*opened);
  disk->trust_clock(trust->trusted());
  if (auto n = disk->totals().newer)
    spdlog::warn("{} segments in the spool {} are a newer version's: they stay "
                 "until that version is started again, or their stream removed",
                 n, cfg.folder);
  tell();
  return done(caf::none);
}

caf::error chunk_spool_state::done(caf::error err) {
  if (err && err != ec::io) {
    ++counters.refused;
    counters.last_error = describe(err);
    return err;
  }
  if (err) {
    ++counters.failures;
    counters.last_error = describe(err);
    if (!failed)
      spdlog::error("{}", counters.last_error);
  } else if (failed) {
    spdlog::info("the spool {} works again", cfg.folder);
  }
  failed = static_cast<bool>(err);
  return err;
}

void chunk_spool_state::tell() {
  warn();
  say_damaged();
  for (auto& x : disk->take_given_up()) {
    ++counters.lost[x.reason];
    say_lost(x);
    if (auto owner = owners.find(x.stream); owner != owners.end()) {
      caf::anon_send(owner->second, lost_atom_v, x.number, x.reason);
      continue;
    }
    auto& waiting = untold[x.stream];
    if (waiting.size() < max_untold)
      waiting.push_back(std::move(x));
  }
}

void chunk_spool_state::say_damaged() {
  auto damaged = disk->totals().damaged;
  if (auto more = damaged - std::exchange(damaged_told, damaged))
    log_line(log_level::error, "damaged in " + cfg.folder,
             std::to_string(more) + " damaged files of the spool " + cfg.folder
               + " were deleted; look after its disk");
}

void chunk_spool_state::say_lost(const given_up& x) const {
  log_line(log_level::warning, x.reason + " in " + cfg.folder,
           "segment " + std::to_string(x.number) + " of stream " + x.stream
             + " has left the spool without an answer: " + x.reason);
}

void chunk_spool_state::warn() {
  auto time = now();
  auto part = filled(time);
  if (filling && part < calm_below)
    filling = false;
  if (filling || part < warn_from)
    return;
  filling = true;
  ++counters.warnings;
  auto age = disk->oldest() ? time - *disk->oldest() : caf::timespan{0};
  spdlog::warn("the spool {} is filled to {:.0f} %: {} bytes of {}, the oldest "
               "{:.1f} h of {:.1f} h; the oldest segments go when it is full: "
               "bring the cloud back, or raise store.spool_bytes and "
               "store.spool_age",
               cfg.folder, 100 * part, disk->totals().bytes,
               cfg.limits.max_bytes, seconds_of(age) / 3600,
               seconds_of(cfg.limits.max_age) / 3600);
}

caf::timestamp chunk_spool_state::now() {
  auto result = wall();
  auto jump = trust->read(result, self->clock().now().time_since_epoch());
  if (disk && jump.count() != 0)
    disk->shift(jump, result);
  if (disk)
    disk->trust_clock(trust->trusted());
  return result;
}

double chunk_spool_state::filled(caf::timestamp time) const {
  auto bytes = static_cast<double>(disk->totals().bytes)
               / static_cast<double>(cfg.limits.max_bytes);
  auto age = disk->oldest() ? seconds_of(time - *disk->oldest()) : 0;
  return std::max(bytes, age / seconds_of(cfg.limits.max_age));
}

spool_actor::behavior_type
chunk_spool(spool_actor::stateful_pointer<chunk_spool_state> self,
            chunk_spool_config cfg, wall_clock wall) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.wall = std::move(wall);
  st.trust.emplace(st.wall(), self->clock().now().time_since_epoch());
  self->set_down_handler([self](caf::down_msg& x) { self->state.forget(x); });
  st.check();
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // A disk that fails now may be mended later: the actor itself is ready.
    },
    [self](open_atom, const std::string& stream, const caf::actor& by) {
      return self->state.open(stream, by);
    },
    [self](keep_atom, const segment& x, const spool_position& at) {
      return self->state.keep(x, at);
    },
    [self](fetch_atom, const std::string& stream, uint64_t number) {
      return self->state.fetch(stream, number);
    },
    [self](release_atom, const std::string& stream, uint64_t number) {
      return self->state.release(stream, number);
    },
    [self](remove_atom, const std::string& stream) {
      return self->state.remove(stream);
    },
  };
}

} // namespace vpaas
