// What a stream's coordinator does where the cloud does not answer.

#include "actors/fog/coordinator.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

bool coordinator_state::silent() const {
  return owing && now_ns() - *owing >= cfg.outage.cap;
}

caf::timespan coordinator_state::due(const question& x) const {
  return x.waits && owing ? std::max(x.due, *owing + cfg.outage.cap) : x.due;
}

void coordinator_state::look_at_deadlines() {
  auto time = now_ns();
  numbers late;
  auto next = caf::timespan::max();
  for (auto& [id, x] : questions) {
    if (x.missed)
      continue;
    if (due(x) > time) {
      next = std::min(next, due(x));
      continue;
    }
    x.missed = true;
    watch.missed(x.sent, time);
    late.insert(late.end(), x.frames.begin(), x.frames.end());
  }
  if (next != caf::timespan::max())
    deadlines.set(self, time_point{next},
                  [self = self] { self->state.look_at_deadlines(); });
  if (!late.empty())
    close_chunk();
  for (auto n : late)
    ask_backup(n, "deadline");
}

// What is on disk can wait for a cloud that is there.
void coordinator_state::not_in_cloud(const numbers& xs,
                                     const std::string& reason) {
  for (auto n : xs) {
    auto i = held.find(n);
    if (i == held.end())
      continue;
    auto& x = i->second;
    x.in_cloud = false;
    if (x.answered) {
      if (x.published)
        book.improve_later(n);
      let_go(n);
    } else if (x.from_disk && cloud_can_catch_up()) {
      give_up(n, reason);
    } else {
      ask_backup(n, reason);
    }
  }
}

void coordinator_state::ask_backup(uint64_t number, const std::string& reason) {
  auto i = held.find(number);
  if (i == held.end() || i->second.in_backup || i->second.answered)
    return;
  auto& x = i->second;
  auto able = others->has(cfg.backup) && x.decoded
              && !(x.from_disk && book.improving());
  auto skip = able && live && !x.from_disk && !sampler.take(in_backup);
  counts.skipped += skip;
  if (!able || skip) {
    if (!x.in_cloud)
      give_up(number, skip ? "skipped" : reason);
    return;
  }
  x.complete = now();
  x.in_backup = true;
  ++in_backup;
  with_picture(
    number, [self = self](const frame& f) { self->state.send_to_backup(f); },
    [self = self, number] { self->state.backup_failed(number); });
}

void coordinator_state::send_to_backup(const frame& x) {
  auto number = x.number();
  auto i = held.find(number);
  auto wanted = i != held.end() && i->second.in_backup;
  auto backup = others->get<function_actor>(cfg.backup);
  if (!wanted || !backup)
    return backup_failed(number);
  asking
    .send(self, backup, patience, apply_atom_v,
          make_item(cfg.stream, number, keyframes{cfg.stream, {x}, {}, {}}))
    .then([self = self,
           number](const item& y) { self->state.backup_answered(number, y); },
          [self = self, number](const caf::error& cause) {
            self->state.counts.last_error = describe(cause);
            self->state.backup_failed(number);
          });
}

void coordinator_state::backup_answered(uint64_t number, const item& x) {
  auto in = x.value.get<detections>();
  if (!in || in->frames.size() != 1)
    return backup_failed(number);
  --in_backup;
  auto i = held.find(number);
  if (i == held.end() || !i->second.in_backup)
    return; // the cloud was first
  i->second.in_backup = false;
  auto& result = i->second.result;
  for (auto& y : in->frames.front().found)
    if (y.score >= in->thresholds.theta_cls)
      result.objects.push_back(
        {y.where, name_at(in->labels, y.label), y.score, named_by::backup});
  ++counts.backup_frames;
  finish(number, named_by::backup);
}

void coordinator_state::backup_failed(uint64_t number) {
  --in_backup;
  auto i = held.find(number);
  if (i == held.end() || !i->second.in_backup)
    return;
  i->second.in_backup = false;
  if (!i->second.in_cloud)
    give_up(number, "backup");
}

void coordinator_state::give_up(uint64_t number, const std::string& reason) {
  auto from_disk = book.working().count(number) > 0;
  let_go(number);
  if (book.give_up(number, reason) && from_disk)
    rest_until = now() + rest;
  forget_segments();
  publish();
}

void coordinator_state::drop(const numbers& xs, const std::string& reason) {
  for (auto n : xs) {
    let_go(n);
    book.drop(n, reason);
  }
  forget_segments();
  if (!xs.empty())
    publish();
}

} // namespace vpaas
