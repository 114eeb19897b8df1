// The way of a stream's keyframes, from one part of its coordinator to the
// next.

#include "actors/pieces.hpp"
#include "actors/stream/coordinator.hpp"
#include "runtime/media/regions.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// Results that wait for the disk before a source that can wait does.
constexpr size_t most_unpublished = 1000;

/// Whether the fog is to name what the cloud located.
bool names_regions(const pipeline_plan& plan) {
  return std::any_of(plan.result.begin(), plan.result.end(), [&](size_t i) {
    return plan.stages[i].takes == regions::type_name;
  });
}

} // namespace

void coordinator_state::proceed() {
  if (now() >= look_at) { // a question to the node each
    look_at = now() + look_again;
    others->look(
      [this](const std::string& name, const caf::actor& x) { found(name, x); });
  }
  stores.find_place();
  // Before the link said what it is the first pictures would be the backup's.
  auto knows_cloud = cloud_told || now() >= began + cloud_patience;
  auto ready_now = others->has(cfg.camera) && others->has(cfg.decoder)
                   && others->has(cfg.encoder) && others->has(cfg.results)
                   && stores.numbered() && knows_cloud;
  if (!ready_now || !others->has(cfg.cloud) || !stores.recovered()
      || !last_look.ready())
    wake_in(look_again);
  last_look.flush();
  analyse_waiting();
  old.catch_up();
  if (ready_now && !full())
    source.pull();
}

bool coordinator_state::full() const {
  if (book.unfinished() >= cfg.in_flight)
    return true;
  return !source.live()
         && (pictures.shelf().full() || outgoing->size() >= most_unpublished);
}

void coordinator_state::decoded(const keyframes& x) {
  std::vector<frame> now;
  for (auto& f : x.frames) {
    auto i = held.find(f.number());
    if (i == held.end())
      continue;
    i->second.decoded = true;
    i->second.coded = x.coded;
    pictures.put(f);
    if (source.live())
      now.push_back(f);
    else
      ready.push_back(f.number());
  }
  if (!now.empty())
    analyse(now);
}

size_t coordinator_state::room() const {
  auto left = [](size_t most, size_t n) { return most > n ? most - n : 0; };
  auto by_fog = cfg.backup.empty() ? ready.size() + repeats.size()
                                   : left(cfg.backup_queue, work.standing_in());
  auto by_cloud = left(cloud.window(), work.away());
  // What an open chunk holds back is not on its way: nothing would end it.
  if (by_cloud == 0 && cloud.open() == 0 && work.at_encoder() == 0)
    by_cloud = 1;
  if (!work.uses_cloud())
    return by_fog;
  if (!others->has(cfg.encoder))
    return 0; // it comes back
  if (cfg.backup.empty() && cfg.spool.empty())
    return by_cloud;
  switch (cloud.watch().phase()) {
    case fallback_phase::cloud:
      return by_cloud;
    case fallback_phase::suspect:
      return std::min(by_cloud, by_fog);
    default:
      return by_fog;
  }
}

void coordinator_state::analyse_waiting() {
  if (fetching || std::exchange(analysing, true))
    return;
  for (auto n = room(); n > 0; n = room()) {
    auto again = !repeats.empty() && now() >= repeat_at;
    auto next = again ? repeats.begin() : repeats.end();
    if (!again && ready.empty())
      break;
    auto number = again ? *next : ready.front();
    again ? void(repeats.erase(next)) : ready.pop_front();
    if (held.count(number) == 0)
      continue;
    fetching = true;
    pictures.with(
      number,
      [this, number, again](const frame& x) {
        fetching = false;
        if (held.count(number) > 0)
          analyse({x}, again);
        analyse_waiting();
      },
      [this, number] {
        fetching = false;
        give_up(number, "undecodable");
      });
    if (fetching)
      break;
  }
  analysing = false;
  if (!repeats.empty() && now() < repeat_at)
    wake_in(repeat_at - now());
  wind_up();
}

void coordinator_state::analyse(const std::vector<frame>& frames, bool again) {
  work.choose(choice.decide());
  fallback::plan whom{true, false};
  auto probing = false;
  if (work.uses_cloud()) {
    whom = cloud.next(now_ns());
    if (cfg.backup.empty() && cfg.spool.empty())
      whom = {true, false}; // nobody else can answer, now or later
    if (!others->has(cfg.encoder))
      whom = {false, true};
    auto phase = cloud.watch().phase();
    probing = whom.cloud && phase != fallback_phase::cloud
              && phase != fallback_phase::suspect;
  }
  auto apart = again || probing; // the next one may be long after
  if (!whom.cloud || apart)
    work.end_chunks();
  work.begin(frames, whom, cloud.up() ? "cloud" : "cloud_down", again);
  if (apart)
    work.end_chunks();
}

void coordinator_state::ask_again(const numbers& xs) {
  for (auto n : xs) {
    auto i = held.find(n);
    if (i == held.end() || i->second.answered || i->second.from_disk)
      continue;
    work.forget(n);
    ++counts.asked_again;
    repeats.insert(n);
  }
  repeat_at = now() + rest;
  publish();
}

void coordinator_state::judge(const pipeline_plan& plan, const verdict& x) {
  auto i = held.find(x.frame);
  if (i == held.end())
    return;
  auto& mine = i->second;
  if (x.how == outcome::unanswered)
    return give_up(x.frame, x.reason);
  if (x.how == outcome::uncorrected) {
    if (mine.published)
      book.improve_later(x.frame);
    return let_go(x.frame);
  }
  auto all = merge(claims_of(plan, x), plan.merge);
  if (names_regions(plan) && x.how == outcome::answered) {
    mine.result.regions = all.regions;
    counts.regions += all.regions;
    auto named = std::any_of(x.made.begin(), x.made.end(), [&](auto& y) {
      return plan.stages[y.first].takes == regions::type_name;
    });
    counts.unnamed += named ? 0 : all.regions;
  }
  for (auto& y : all.objects) {
    counts.labels_cloud += y.by == named_by::cloud;
    counts.labels_fog += y.by == named_by::fog;
  }
  mine.result.objects = std::move(all.objects);
  auto here = x.how == outcome::stood_in || !plan.uses("cloud");
  counts.backup_frames += here;
  finish(x.frame, here ? named_by::backup : named_by::cloud,
         x.final || cfg.correct == corrections::none);
}

void coordinator_state::finish(uint64_t number, named_by located, bool final) {
  auto& x = held.at(number);
  auto turn = book.turn_of(number, x.answered);
  x.result.stream = cfg.stream;
  x.result.located = located;
  x.result.answered = caf::make_timestamp();
  x.result.processing = now() - x.complete;
  x.result.revision = turn == keyframe_book::turn::revision ? 1 : 0;
  if (turn == keyframe_book::turn::first) {
    last_processing = x.result.processing;
    last_freshness = x.result.answered - x.result.captured;
    processing.record(last_processing);
    freshness.record(last_freshness);
  }
  auto result = x.result;
  traces.finished(number);
  if (final)
    let_go(number);
  else
    x.answered = true;
  book.answer(std::move(result), turn);
  publish();
}

void coordinator_state::give_up(uint64_t number, const std::string& reason) {
  auto from_disk = book.taken().frames.count(number) > 0;
  if (auto i = held.find(number); i != held.end() && !i->second.answered)
    traces.gave_up(i->second.result, reason);
  let_go(number);
  if (book.give_up(number, reason) && from_disk)
    old.rest();
  stores.forget_segments();
  publish();
}

void coordinator_state::let_go(uint64_t number) {
  work.forget(number);
  held.erase(number);
  pictures.drop(number);
}

void coordinator_state::publish() {
  for (auto& x : book.take())
    outgoing->put(std::move(x));
  pictures.release();
  if (others->has(cfg.results)) {
    outgoing->flush(now());
    if (auto next = outgoing->next())
      wake_in(*next - now());
  }
  proceed();
}

void coordinator_state::settle(const frame_result& x, bool on_disk) {
  auto i = held.find(x.frame);
  auto open = i != held.end() && x.revision == 0;
  traces.published(x, on_disk, open);
  if (on_disk && open)
    i->second.published = true; // the cloud may correct it yet
  if (on_disk)
    return book.stored(x, open);
  book.refused(x);
  old.rest();
}

void coordinator_state::wind_up() {
  if (!source.ended() || work.at_encoder() > 0 || !ready.empty())
    return;
  if (closed) { // what a later round held back
    if (cloud.open() == 0)
      work.end_chunks(true);
    return;
  }
  numbers undecoded; // the decoder has said all that it will say
  for (auto n : book.lane().waiting())
    if (auto i = held.find(n); i != held.end() && !i->second.decoded)
      undecoded.push_back(n);
  for (auto n : undecoded) {
    let_go(n);
    book.drop(n, "undecodable");
  }
  closed = true;
  work.end_chunks(true);
  book.complete_below(stores.position().next_segment);
  stores.forget_segments();
  if (!undecoded.empty())
    publish();
}

} // namespace vpaas
