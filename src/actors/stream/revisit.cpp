#include "actors/stream/revisit.hpp"

#include "actors/stream/coordinator.hpp"
#include "runtime/media/keyframes.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// While more live keyframes than this wait for an answer, nothing is taken up
/// from disk.
constexpr size_t spare = 2;

/// Keyframes from disk at a time, at most: live ones wait behind them.
constexpr size_t burst = 4;

/// Without a live keyframe for so long, those on disk probe the cloud.
constexpr auto quiet = std::chrono::seconds{1};

/// Without one for so long, the newest segment is taken up as it is: its camera
/// may be gone.
constexpr auto gone = std::chrono::seconds{10};

/// The longest rest between two tries to read a segment.
constexpr auto longest_rest = std::chrono::seconds{30};

/// A segment that killed so many decoders is not given to another.
constexpr uint64_t most_deaths = 5;

} // namespace

void revisit::catch_up() {
  auto& all = all_;
  auto& book = all.book;
  auto idle = all.stores.recovered()
              && book.lane().size() + all.work.standing_in() <= spare
              && all.cloud.open() <= spare;
  auto quiet_for = still();
  if (idle && book.disk().waiting() + book.disk().improvable() > 0)
    probing_ = probes(quiet_for) || probing_;
  if (idle && !again_.empty())
    return send_again();
  idle = idle && book.taken().frames.empty();
  auto spool = all.others->get<spool_actor>(all.cfg.spool);
  if (!idle || !spool || !all.others->has(all.cfg.revisit)
      || book.disk().waiting() + book.disk().improvable() == 0)
    return;
  if (all.now() < rest_until_)
    return all.wake_in(rest_until_ - all.now());
  auto oldest = caf::make_timestamp() - all.cfg.correct_age;
  book.settle_before(oldest.time_since_epoch().count());
  all.stores.forget_segments();
  auto cloud = by_cloud() || probing_;
  if (!cloud && !all.work.has_stand_in())
    return;
  auto work = book.next(cloud, quiet_for >= gone);
  if (!work)
    return quiet_for < gone ? all.wake_in(gone - quiet_for) : void();
  all.asking
    .send(all.self, spool, all.patience, fetch_atom_v, all.cfg.stream,
          work->segment)
    .then(
      [this](std::vector<segment>& parts) { decode_again(std::move(parts)); },
      [this, frames = work->frames](const caf::error& cause) {
        fail_again(frames, cause);
      });
}

caf::timespan revisit::still() {
  auto received = all_.book.counts().received;
  if (std::exchange(received_, received) != received)
    live_at_ = all_.now();
  return all_.now() - live_at_;
}

bool revisit::probes(caf::timespan still) {
  auto& all = all_;
  if (by_cloud() || !all.cloud.up() || !all.others->has(all.cfg.cloud)
      || !all.others->has(all.cfg.encoder) || !all.work.uses_cloud())
    return false;
  all.wake_in(quiet / 2);
  return still >= quiet && all.cloud.next(all.now_ns()).cloud;
}

bool revisit::by_cloud() const {
  return all_.cloud.watch().phase() == fallback_phase::cloud
         && all_.others->has(all_.cfg.cloud)
         && all_.others->has(all_.cfg.encoder) && all_.work.uses_cloud();
}

void revisit::rest() {
  rest_until_ = all_.now() + all_.rest;
}

void revisit::lost(uint64_t segment, const std::string& reason) {
  all_.book.lose(segment, reason);
  deaths_.erase(segment);
}

// A segment may be what its decoder dies of.
void revisit::decode_again(std::vector<segment> parts) {
  auto& book = all_.book;
  numbers frames{book.taken().frames.begin(), book.taken().frames.end()};
  auto decoder = all_.others->get<decoder_actor>(all_.cfg.revisit);
  if (!decoder)
    return put_off(frames, caf::sec::request_receiver_down);
  all_.asking
    .send(all_.self, decoder, all_.patience, fetch_atom_v, std::move(parts))
    .then([this](const item& x) { decoded_again(x); },
          [this, frames](const caf::error& cause) {
            if (cause.category() != caf::atom("vpaas")
                && ++deaths_[all_.book.taken().segment] >= most_deaths)
              return fail_again(
                frames, caf::make_error(ec::codec, "it ends its decoder: "
                                                     + describe(cause)));
            fail_again(frames, cause);
          });
}

void revisit::decoded_again(const item& x) {
  auto& book = all_.book;
  auto missing = book.taken().frames;
  auto cause = caf::make_error(ec::codec, "a segment on disk lacks keyframes");
  size_t bytes = 0;
  numbers later;
  rests_ = caf::timespan{0};
  deaths_.erase(book.taken().segment);
  if (auto in = x.value.get<keyframes>()) {
    if (in->problem)
      cause = in->problem;
    for (auto& f : in->frames) {
      if (missing.erase(f.number()) == 0)
        continue;
      bytes += f.bytes();
      if (again_.size() < burst || bytes <= all_.cfg.pixel_bytes)
        again_.push_back({f, in->coded});
      else
        later.push_back(f.number());
    }
  }
  book.put_back(later);
  if (!missing.empty())
    fail_again({missing.begin(), missing.end()}, cause);
  all_.proceed();
}

// A chunk of its own, of a stream of its own for the cloud: live frames go on
// in theirs.
void revisit::send_again() {
  auto under_way = [this](uint64_t n) { return all_.held.count(n) > 0; };
  auto& working = all_.book.taken().frames;
  if (std::any_of(working.begin(), working.end(), under_way))
    return;
  auto cloud = by_cloud();
  auto probing = std::exchange(probing_, false) && !cloud;
  if (!cloud && !probing && !all_.work.has_stand_in() && all_.cloud.up())
    return; // until the next probe
  auto most = probing ? size_t{1} : std::min(burst, all_.cloud.burst());
  std::vector<frame> frames;
  for (; !again_.empty() && frames.size() < most; again_.pop_front()) {
    auto& f = again_.front().picture;
    auto& x = all_.held[f.number()];
    x = {};
    x.from_disk = true;
    x.coded = again_.front().coded;
    all_.pictures.put(f);
    frames.push_back(f);
  }
  all_.work.begin_again(frames, cloud || probing);
}

// What is damaged or gone stays so; all else may pass.
void revisit::fail_again(const numbers& xs, const caf::error& cause) {
  if (cause != ec::codec && cause != ec::bad_input && cause != ec::not_found)
    return put_off(xs, cause);
  all_.counts.last_error = describe(cause);
  deaths_.erase(all_.book.taken().segment);
  all_.book.damaged(xs);
  all_.stores.forget_segments();
  all_.publish();
}

void revisit::put_off(const numbers& xs, const caf::error& cause) {
  all_.counts.last_error = describe(cause);
  rests_ = std::clamp<caf::timespan>(2 * rests_, all_.rest, longest_rest);
  rest_until_ = all_.now() + rests_;
  all_.book.put_back(xs, true);
  all_.stores.forget_segments();
  all_.publish();
}

} // namespace vpaas
