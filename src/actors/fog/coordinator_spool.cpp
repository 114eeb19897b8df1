// What a stream's coordinator keeps on disk, and how it takes that up again.

#include "actors/fog/coordinator.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

constexpr uint64_t page = 1000; ///< results of the ledger at a time

/// While more live keyframes than this wait for an answer, nothing is taken up
/// from disk.
constexpr size_t spare = 2;

/// Keyframes from disk at a time: a live one waits behind no more.
constexpr size_t burst = 4;

int64_t made_at(caf::timestamp x) {
  return x.time_since_epoch().count();
}

} // namespace

// -- after a restart ----------------------------------------------------------

void coordinator_state::recover() {
  before = recovery::under_way;
  auto failed = [self = self](const caf::error& cause) {
    auto& st = self->state;
    st.before = recovery::needed;
    st.counts.last_error = describe(cause);
    st.clock.set(self, st.now() + look_again,
                 [self] { self->state.publish(); });
  };
  auto ask_ledger = [self = self, failed](const spool_content& x) {
    auto& st = self->state;
    st.position = x.position;
    self
      ->request(st.others.get<results_actor>(st.cfg.results), patience,
                last_atom_v, st.cfg.stream)
      .then(
        [self, xs = x.segments](uint64_t next) {
          auto& p = self->state.position;
          p.next_frame = std::max(p.next_frame, next);
          self->state.compare_with_ledger(xs, 0, {});
        },
        failed);
  };
  auto spool = others.get<spool_actor>(cfg.spool);
  if (!spool)
    return ask_ledger({});
  self
    ->request(spool, patience, open_atom_v, cfg.stream,
              caf::actor_cast<caf::actor>(self))
    .then(ask_ledger, failed);
}

void coordinator_state::compare_with_ledger(
  const std::vector<spooled_segment>& xs, uint64_t from, ledger_rows known) {
  if (xs.empty())
    return recovered(xs, known);
  result_query query;
  query.stream = cfg.stream;
  query.first = std::max(from, xs.front().first_frame);
  query.last = xs.back().first_frame + xs.back().frames;
  query.most = page;
  self
    ->request(others.get<results_actor>(cfg.results), patience, find_atom_v,
              query)
    .then(
      [self = self, xs, known](const std::vector<frame_result>& rows) mutable {
        for (auto& x : rows)
          known[x.frame] = x.located;
        if (rows.size() < page)
          return self->state.recovered(xs, known);
        self->state.compare_with_ledger(xs, rows.back().frame + 1,
                                        std::move(known));
      },
      [self = self, xs, known](const caf::error& cause) {
        if (cause == ec::not_found) // there is no ledger
          return self->state.recovered(xs, known);
        self->state.before = recovery::needed;
        self->state.counts.last_error = describe(cause);
        self->state.clock.set(self, self->state.now() + look_again,
                              [self] { self->state.publish(); });
      });
}

void coordinator_state::recovered(const std::vector<spooled_segment>& xs,
                                  const ledger_rows& known) {
  for (auto& x : xs) {
    auto frames = keyframes_of(x.first_frame, x.frames, cfg.every);
    disk.keep(x.number, made_at(x.captured), frames);
    for (auto n : frames) {
      auto i = known.find(n);
      if (i == known.end()) {
        ++counts.received;
        ++counts.recovered;
        disk.postpone(n);
      } else if (i->second != named_by::backup
                 || cfg.correct != corrections::catch_up) {
        disk.close(n);
      } else {
        disk.improve_later(n);
      }
    }
  }
  if (!xs.empty()) // the newest may go on
    disk.complete_below(xs.back().number);
  forget_segments();
  before = recovery::done;
  proceed();
}

// The camera that we had goes on where it was; another one is numbered from
// our next segment and keyframe on.
void coordinator_state::begin_camera() {
  camera_known = true;
  auto name = to_string(others.get<caf::actor>(cfg.camera));
  if (name == position.camera)
    return;
  auto& x = position;
  x.segment_offset = x.next_segment;
  x.frame_offset = (x.next_frame + cfg.every - 1) / cfg.every * cfg.every;
  x.camera_key = {};
  x.camera = std::move(name);
  disk.complete_below(x.next_segment);
  forget_segments();
}

// -- while it runs ------------------------------------------------------------

void coordinator_state::keep(const segment& x, const numbers& expected) {
  if (cfg.spool.empty())
    return;
  auto spool = others.get<spool_actor>(cfg.spool);
  if (!spool || keeping)
    return not_kept(x.number, expected.size());
  auto made = x.packets.empty() ? caf::make_timestamp()
                                : x.packets.front().captured;
  disk.keep(x.number, made_at(made), expected);
  disk.complete_below(x.number);
  forget_segments();
  keeping = true;
  kept_at = now();
  asking.send(self, spool, patience, keep_atom_v, x, position)
    .then(
      [self = self] {
        self->state.keeping = false;
        self->state.proceed();
      },
      [self = self, number = x.number,
       n = expected.size()](const caf::error& cause) {
        self->state.keeping = false;
        self->state.counts.last_error = describe(cause);
        self->state.not_kept(number, n);
        self->state.proceed();
      });
}

// Without one of its parts a segment cannot be decoded again.
void coordinator_state::not_kept(uint64_t segment, size_t frames) {
  counts.unkept += frames;
  lost(segment, "spool");
  if (auto spool = others.get<spool_actor>(cfg.spool))
    self->send(spool, release_atom_v, cfg.stream, segment);
}

void coordinator_state::lost(uint64_t segment, const std::string& reason) {
  auto x = disk.lose(segment);
  for (auto n : x.waiting)
    retried.erase(n);
  if (!x.waiting.empty())
    counts.dropped[reason] += x.waiting.size();
  counts.unimproved += x.improvable;
}

void coordinator_state::forget_segments() {
  auto spool = others.get<spool_actor>(cfg.spool);
  if (!spool)
    return; // they are named when it is back
  for (auto x : disk.forgettable())
    self->send(spool, release_atom_v, cfg.stream, x);
}

// -- taking up again ----------------------------------------------------------

void coordinator_state::catch_up() {
  auto idle = before == recovery::done && order.size() + in_backup <= spare
              && questions.size() <= spare;
  if (idle && !again.empty())
    return send_again();
  idle = idle && working.empty();
  auto spool = others.get<spool_actor>(cfg.spool);
  auto decoder = others.get<decoder_actor>(cfg.decoder);
  if (!idle || !spool || !decoder || disk.waiting() + disk.improvable() == 0)
    return;
  if (now() < rest_until)
    return clock.set(self, rest_until,
                     [self = self] { self->state.publish(); });
  counts.unimproved
    += disk.settle_before(made_at(caf::make_timestamp() - cfg.correct_age));
  forget_segments();
  auto by_cloud = cloud_can_catch_up();
  if (!by_cloud && !others.has(cfg.backup))
    return;
  auto work = disk.next(by_cloud && cfg.correct == corrections::catch_up);
  if (!work)
    return;
  working = {work->frames.begin(), work->frames.end()};
  improving = work->improving;
  auto failed = [self = self, frames = work->frames](const caf::error& cause) {
    self->state.fail_again(frames, cause);
  };
  self->request(spool, patience, fetch_atom_v, cfg.stream, work->segment)
    .then(
      [self = self, failed](std::vector<segment>& parts) {
        auto decoder
          = self->state.others.get<decoder_actor>(self->state.cfg.decoder);
        if (!decoder)
          return failed(caf::make_error(ec::codec, "no decoder"));
        self->state.asking
          .send(self, decoder, patience, fetch_atom_v, std::move(parts))
          .then([self](const item& x) { self->state.decoded_again(x); },
                failed);
      },
      failed);
}

bool coordinator_state::cloud_can_catch_up() const {
  return watch.phase() == fallback_phase::cloud && others.has(cfg.cloud)
         && others.has(cfg.encoder) && current.path != route::fog_only;
}

void coordinator_state::decoded_again(const item& x) {
  auto missing = working;
  auto cause = caf::make_error(ec::codec, "a segment on disk lacks keyframes");
  if (auto in = x.value.get<keyframes>()) {
    if (in->problem)
      cause = in->problem;
    for (auto& f : in->frames)
      if (missing.erase(f.number()) > 0)
        again.push_back(f);
  }
  if (!missing.empty())
    fail_again({missing.begin(), missing.end()}, cause);
  proceed();
}

// A chunk of its own, of a stream of its own for the cloud: live frames go on
// in theirs.
void coordinator_state::send_again() {
  auto under_way = [this](uint64_t n) { return held.count(n) > 0; };
  if (std::any_of(working.begin(), working.end(), under_way))
    return;
  std::vector<frame> frames;
  for (; !again.empty() && frames.size() < burst; again.pop_front()) {
    auto& f = again.front();
    auto& x = held[f.number()];
    x = {};
    x.from_disk = true;
    x.result.pipeline = to_string(current.path);
    set_picture(x, f);
    frames.push_back(f);
  }
  if (!cloud_can_catch_up()) {
    for (auto& f : frames)
      ask_backup(f.number(), "cloud_down");
    return;
  }
  close_chunk();
  encode(cfg.stream + "~", std::move(frames));
  close_chunk();
}

// What cannot be read or decoded now cannot be later, but for an actor that
// died meanwhile.
void coordinator_state::fail_again(const numbers& xs, const caf::error& cause) {
  counts.last_error = describe(cause);
  for (auto n : xs)
    if (cause.category() != caf::atom("vpaas") && retried.insert(n).second)
      give_up(n, "undecodable");
    else if (improving)
      leave_as_is(n);
    else
      drop({n}, "undecodable");
  publish();
}

void coordinator_state::leave_as_is(uint64_t number) {
  ++counts.unimproved;
  disk.close(number);
  retried.erase(number);
  working.erase(number);
  forget_segments();
}

} // namespace vpaas
