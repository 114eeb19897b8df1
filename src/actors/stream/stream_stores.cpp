#include "actors/stream/stream_stores.hpp"

#include "actors/stream/coordinator.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

constexpr uint64_t page = 1000; ///< results of the ledger at a time

/// Between two tries to read what is left from before.
constexpr auto look_at_stores = std::chrono::seconds{1};

/// A stream begins without spool and ledger where they do not answer.
constexpr auto store_patience = std::chrono::seconds{2};

/// A disk that is slower than this does not hold up the stream.
constexpr auto disk_patience = std::chrono::seconds{1};

int64_t made_at(caf::timestamp x) {
  return x.time_since_epoch().count();
}

} // namespace

// -- after a restart ----------------------------------------------------------

// Where a store does not answer the stream begins without it.
void stream_stores::find_place() {
  auto& cfg = all_.cfg;
  if (!all_.others->has(cfg.results))
    return;
  if (started_ == time_point{})
    started_ = all_.now();
  auto spooling = cfg.spool.empty() || all_.others->has(cfg.spool);
  if (before_ == recovery::needed && spooling && all_.now() >= recover_at_)
    recover();
  if (numbered_ || all_.now() < started_ + store_patience)
    return;
  if (away_.empty())
    away_[spooling ? "ledger" : "spool"] = "it does not answer";
  begin_anew();
}

void stream_stores::recover() {
  before_ = recovery::under_way;
  auto spool = all_.others->get<spool_actor>(all_.cfg.spool);
  if (!spool)
    return ask_ledger({});
  all_.asking
    .send(all_.self, spool, all_.patience, open_atom_v, all_.cfg.stream,
          caf::actor_cast<caf::actor>(all_.self))
    .then([this](const spool_content& x) { ask_ledger(x); },
          [this](const caf::error& cause) { not_recovered("spool", cause); });
}

void stream_stores::ask_ledger(const spool_content& x) {
  away_.erase("spool");
  all_.asking
    .send(all_.self, all_.others->get<results_actor>(all_.cfg.results),
          all_.patience, last_atom_v, all_.cfg.stream)
    .then(
      [this, x](uint64_t next) {
        auto at = x.position;
        at.next_frame = std::max(at.next_frame, next);
        away_.erase("ledger");
        if (!numbered_)
          begin_at(at);
        compare_with_ledger(x.segments, 0, {});
      },
      [this](const caf::error& cause) { not_recovered("ledger", cause); });
}

void stream_stores::not_recovered(const std::string& who,
                                  const caf::error& cause) {
  before_ = recovery::needed;
  away_[who] = describe(cause);
  all_.counts.last_error = away_[who];
  recover_at_ = all_.now()
                + (numbered_ ? caf::timespan{look_at_stores}
                             : caf::timespan{all_.look_again});
  all_.wake_in(recover_at_ - all_.now());
}

void stream_stores::begin_at(const spool_position& x) {
  position_ = x;
  own_segments_ = x.next_segment;
  own_frames_ = x.next_frame;
  numbered_ = true;
}

// Milliseconds since 1970: no stream has had more frames or segments.
void stream_stores::begin_anew() {
  auto time = all_.cfg.wall().time_since_epoch();
  auto ms = uint64_t(
    std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
  spool_position x;
  x.next_segment = ms;
  x.next_frame = ms;
  begin_at(x);
}

void stream_stores::compare_with_ledger(const std::vector<spooled_segment>& xs,
                                        uint64_t from, ledger_rows known) {
  if (xs.empty())
    return recovered(xs, known);
  result_query query;
  query.stream = all_.cfg.stream;
  query.first = std::max(from, xs.front().first_frame);
  query.last = xs.back().first_frame + xs.back().frames;
  query.most = page;
  all_.asking
    .send(all_.self, all_.others->get<results_actor>(all_.cfg.results),
          all_.patience, find_atom_v, query)
    .then(
      [this, xs, known](const std::vector<frame_result>& rows) {
        auto all = known;
        for (auto& x : rows)
          all[x.frame] = x.located;
        if (rows.size() < page)
          return recovered(xs, all);
        compare_with_ledger(xs, rows.back().frame + 1, std::move(all));
      },
      [this, xs, known](const caf::error& cause) {
        if (cause == ec::not_found) // there is no ledger
          return recovered(xs, known);
        not_recovered("ledger", cause);
      });
}

void stream_stores::recovered(const std::vector<spooled_segment>& xs,
                              const ledger_rows& known) {
  auto& book = all_.book;
  for (auto& x : xs) {
    auto frames = keyframes_of(x.first_frame, x.frames, all_.cfg.every);
    auto mine = std::lower_bound(frames.begin(), frames.end(), own_frames_);
    frames.erase(mine, frames.end());
    if (!frames.empty() || x.number < own_segments_)
      book.recover(x.number, made_at(x.captured), frames, known);
  }
  // The newest may go on, where its camera does.
  auto gone_on = all_.closed || position_.next_segment > own_segments_
                 || position_.segment_offset >= own_segments_;
  if (!xs.empty())
    book.complete_below(gone_on ? own_segments_ : xs.back().number);
  forget_segments();
  before_ = recovery::done;
  all_.proceed();
}

void stream_stores::found(const spool_actor& x) {
  if (before_ != recovery::done)
    return;
  all_.asking
    .send(all_.self, x, all_.patience, open_atom_v, all_.cfg.stream,
          caf::actor_cast<caf::actor>(all_.self))
    .then([](const spool_content&) {},
          [this](const caf::error& cause) { not_recovered("spool", cause); });
}

// -- while it runs ------------------------------------------------------------

void stream_stores::begin_camera(std::string name) {
  if (name == position_.camera)
    return;
  auto& x = position_;
  auto every = all_.cfg.every;
  x.segment_offset = x.next_segment;
  x.frame_offset = (x.next_frame + every - 1) / every * every;
  x.camera_key = {};
  x.camera = std::move(name);
  all_.book.complete_below(x.next_segment);
  forget_segments();
}

void stream_stores::number(segment& x) {
  position_.camera_key = {x.number, x.part};
  x.stream = all_.cfg.stream;
  x.discontinuity |= position_.segment_offset > 0 && x.part == 0
                     && x.first_frame == 0;
  x.number += position_.segment_offset;
  x.first_frame += position_.frame_offset;
  position_.next_segment = x.number + 1;
  position_.next_frame = std::max(position_.next_frame, end_frame(x));
}

void stream_stores::keep(const segment& x, const numbers& expected) {
  if (all_.cfg.spool.empty())
    return;
  auto& book = all_.book;
  auto spool = all_.others->get<spool_actor>(all_.cfg.spool);
  if (!spool || keeping_) {
    book.not_kept(expected);
    return;
  }
  auto made = x.packets.empty() ? caf::make_timestamp()
                                : x.packets.front().captured;
  book.keep(x.number, made_at(made), expected);
  forget_segments();
  keeping_ = true;
  kept_at_ = all_.now();
  all_.asking.send(all_.self, spool, all_.patience, keep_atom_v, x, position_)
    .then(
      [this] {
        keeping_ = false;
        away_.erase("spool");
        all_.proceed();
      },
      [this, expected](const caf::error& cause) {
        keeping_ = false;
        away_["spool"] = describe(cause);
        all_.counts.last_error = away_["spool"];
        all_.book.not_kept(expected);
        all_.proceed();
      });
}

std::optional<stream_stores::time_point> stream_stores::busy_until() const {
  auto until = kept_at_ + disk_patience;
  if (!keeping_ || all_.now() >= until)
    return std::nullopt;
  return until;
}

void stream_stores::forget_segments() {
  auto spool = all_.others->get<spool_actor>(all_.cfg.spool);
  if (!spool)
    return; // they are named when it is back
  // An error would come back to the sender, and end it.
  for (auto x : all_.book.forgettable())
    caf::anon_send(spool, release_atom_v, all_.cfg.stream, x);
}

} // namespace vpaas
