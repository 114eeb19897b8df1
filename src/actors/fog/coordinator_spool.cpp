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

/// Keyframes from disk at a time, at most: live ones wait behind them.
constexpr size_t burst = 4;

/// Between two tries to read what is left from before, and the longest rest
/// between two tries to read a segment.
constexpr auto look_at_stores = std::chrono::seconds{1};
constexpr auto longest_rest = std::chrono::seconds{30};

int64_t made_at(caf::timestamp x) {
  return x.time_since_epoch().count();
}

} // namespace

// -- after a restart ----------------------------------------------------------

void coordinator_state::recover() {
  before = recovery::under_way;
  auto ask_ledger = [self = self](const spool_content& x) {
    auto& st = self->state;
    st.away.erase("spool");
    st.asking
      .send(self, st.others->get<results_actor>(st.cfg.results), patience,
            last_atom_v, st.cfg.stream)
      .then(
        [self, x](uint64_t next) {
          auto& st = self->state;
          auto at = x.position;
          at.next_frame = std::max(at.next_frame, next);
          st.away.erase("ledger");
          if (!st.numbered)
            st.begin_at(at);
          st.compare_with_ledger(x.segments, 0, {});
        },
        [self](const caf::error& cause) {
          self->state.not_recovered("ledger", cause);
        });
  };
  auto spool = others->get<spool_actor>(cfg.spool);
  if (!spool)
    return ask_ledger({});
  asking
    .send(self, spool, patience, open_atom_v, cfg.stream,
          caf::actor_cast<caf::actor>(self))
    .then(ask_ledger, [self = self](const caf::error& cause) {
      self->state.not_recovered("spool", cause);
    });
}

void coordinator_state::not_recovered(const std::string& who,
                                      const caf::error& cause) {
  before = recovery::needed;
  away[who] = describe(cause);
  counts.last_error = away[who];
  recover_at = now()
               + (numbered ? caf::timespan{look_at_stores}
                           : caf::timespan{look_again});
  wake_in(recover_at - now());
}

void coordinator_state::begin_at(const spool_position& x) {
  position = x;
  own_segments = x.next_segment;
  own_frames = x.next_frame;
  numbered = true;
}

// Milliseconds since 1970: no stream has had more frames or segments.
void coordinator_state::begin_anew() {
  auto time = cfg.wall().time_since_epoch();
  auto ms = uint64_t(
    std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
  spool_position x;
  x.next_segment = ms;
  x.next_frame = ms;
  begin_at(x);
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
  asking
    .send(self, others->get<results_actor>(cfg.results), patience, find_atom_v,
          query)
    .then(
      [self = self, xs, known](const std::vector<frame_result>& rows) {
        auto all = known;
        for (auto& x : rows)
          all[x.frame] = x.located;
        if (rows.size() < page)
          return self->state.recovered(xs, all);
        self->state.compare_with_ledger(xs, rows.back().frame + 1,
                                        std::move(all));
      },
      [self = self, xs, known](const caf::error& cause) {
        if (cause == ec::not_found) // there is no ledger
          return self->state.recovered(xs, known);
        self->state.not_recovered("ledger", cause);
      });
}

void coordinator_state::recovered(const std::vector<spooled_segment>& xs,
                                  const ledger_rows& known) {
  for (auto& x : xs) {
    auto frames = keyframes_of(x.first_frame, x.frames, cfg.every);
    auto mine = std::lower_bound(frames.begin(), frames.end(), own_frames);
    frames.erase(mine, frames.end());
    if (!frames.empty() || x.number < own_segments)
      book.recover(x.number, made_at(x.captured), frames, known);
  }
  // The newest may go on, where its camera does.
  auto gone_on = closed || position.next_segment > own_segments
                 || position.segment_offset >= own_segments;
  if (!xs.empty())
    book.complete_below(gone_on ? own_segments : xs.back().number);
  forget_segments();
  before = recovery::done;
  proceed();
}

// The camera that we had goes on where it was; another one is numbered from
// our next segment and keyframe on.
void coordinator_state::begin_camera() {
  camera_known = true;
  auto name = to_string(others->get<caf::actor>(cfg.camera));
  if (name == position.camera)
    return;
  auto& x = position;
  x.segment_offset = x.next_segment;
  x.frame_offset = (x.next_frame + cfg.every - 1) / cfg.every * cfg.every;
  x.camera_key = {};
  x.camera = std::move(name);
  book.complete_below(x.next_segment);
  forget_segments();
}

// -- while it runs ------------------------------------------------------------

void coordinator_state::keep(const segment& x, const numbers& expected) {
  if (cfg.spool.empty())
    return;
  auto spool = others->get<spool_actor>(cfg.spool);
  if (!spool || keeping) {
    book.not_kept(expected);
    return;
  }
  auto made = x.packets.empty() ? caf::make_timestamp()
                                : x.packets.front().captured;
  book.keep(x.number, made_at(made), expected);
  forget_segments();
  keeping = true;
  kept_at = now();
  asking.send(self, spool, patience, keep_atom_v, x, position)
    .then(
      [self = self] {
        self->state.keeping = false;
        self->state.away.erase("spool");
        self->state.proceed();
      },
      [self = self, expected](const caf::error& cause) {
        auto& st = self->state;
        st.keeping = false;
        st.away["spool"] = describe(cause);
        st.counts.last_error = st.away["spool"];
        st.book.not_kept(expected);
        st.proceed();
      });
}

void coordinator_state::lost(uint64_t segment, const std::string& reason) {
  book.lose(segment, reason);
  deaths.erase(segment);
}

void coordinator_state::forget_segments() {
  auto spool = others->get<spool_actor>(cfg.spool);
  if (!spool)
    return; // they are named when it is back
  for (auto x : book.forgettable())
    self->send(spool, release_atom_v, cfg.stream, x);
}

// -- taking up again ----------------------------------------------------------

void coordinator_state::catch_up() {
  auto idle = before == recovery::done && book.ordered() + in_backup <= spare
              && questions.size() <= spare;
  if (idle && !again.empty())
    return send_again();
  idle = idle && book.working().empty();
  auto spool = others->get<spool_actor>(cfg.spool);
  if (!idle || !spool || !others->has(cfg.revisit)
      || book.spooled() + book.improvable() == 0)
    return;
  if (now() < rest_until)
    return clock.set(self, rest_until,
                     [self = self] { self->state.publish(); });
  book.settle_before(made_at(caf::make_timestamp() - cfg.correct_age));
  forget_segments();
  auto by_cloud = cloud_can_catch_up();
  if (!by_cloud && !others->has(cfg.backup))
    return;
  auto work = book.next(by_cloud);
  if (!work)
    return;
  asking.send(self, spool, patience, fetch_atom_v, cfg.stream, work->segment)
    .then(
      [self = self](std::vector<segment>& parts) {
        self->state.decode_again(std::move(parts));
      },
      [self = self, frames = work->frames](const caf::error& cause) {
        self->state.fail_again(frames, cause);
      });
}

// A segment may be what its decoder dies of.
void coordinator_state::decode_again(std::vector<segment> parts) {
  numbers frames{book.working().begin(), book.working().end()};
  auto decoder = others->get<decoder_actor>(cfg.revisit);
  if (!decoder)
    return put_off(frames, caf::sec::request_receiver_down);
  asking.send(self, decoder, patience, fetch_atom_v, std::move(parts))
    .then([self = self](const item& x) { self->state.decoded_again(x); },
          [self = self, frames](const caf::error& cause) {
            auto& st = self->state;
            if (cause.category() != caf::atom("vpaas")
                && ++st.deaths[st.book.working_on()] >= most_deaths)
              return st.fail_again(
                frames, caf::make_error(ec::codec, "it ends its decoder: "
                                                     + describe(cause)));
            st.fail_again(frames, cause);
          });
}

bool coordinator_state::cloud_can_catch_up() const {
  return watch.phase() == fallback_phase::cloud && others->has(cfg.cloud)
         && others->has(cfg.encoder) && current.path != route::fog_only;
}

void coordinator_state::decoded_again(const item& x) {
  auto missing = book.working();
  auto cause = caf::make_error(ec::codec, "a segment on disk lacks keyframes");
  size_t bytes = 0;
  numbers later;
  rests = caf::timespan{0};
  deaths.erase(book.working_on());
  if (auto in = x.value.get<keyframes>()) {
    if (in->problem)
      cause = in->problem;
    for (auto& f : in->frames) {
      if (missing.erase(f.number()) == 0)
        continue;
      bytes += f.bytes();
      if (again.size() < burst || bytes <= cfg.pixel_bytes)
        again.push_back(f);
      else
        later.push_back(f.number());
    }
  }
  book.put_back(later);
  if (!missing.empty())
    fail_again({missing.begin(), missing.end()}, cause);
  proceed();
}

// A chunk of its own, of a stream of its own for the cloud: live frames go on
// in theirs.
void coordinator_state::send_again() {
  auto under_way = [this](uint64_t n) { return held.count(n) > 0; };
  if (std::any_of(book.working().begin(), book.working().end(), under_way))
    return;
  auto most = std::min(burst, credit.within(watch.deadline() / 4));
  std::vector<frame> frames;
  for (; !again.empty() && frames.size() < most; again.pop_front()) {
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
  encode(chunk_name(true), std::move(frames));
  close_chunk();
}

// What is damaged or gone stays so; all else may pass.
void coordinator_state::fail_again(const numbers& xs, const caf::error& cause) {
  if (cause != ec::codec && cause != ec::bad_input && cause != ec::not_found)
    return put_off(xs, cause);
  counts.last_error = describe(cause);
  deaths.erase(book.working_on());
  book.damaged(xs);
  forget_segments();
  publish();
}

void coordinator_state::put_off(const numbers& xs, const caf::error& cause) {
  counts.last_error = describe(cause);
  book.put_off();
  rests = std::clamp<caf::timespan>(2 * rests, rest, longest_rest);
  rest_until = now() + rests;
  book.put_back(xs);
  forget_segments();
  publish();
}

} // namespace vpaas
