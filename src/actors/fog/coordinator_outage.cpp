// What a stream's coordinator does where the cloud does not answer.

#include "actors/fog/coordinator.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

void coordinator_state::look_at_deadlines() {
  auto time = now_ns();
  numbers late;
  auto next = caf::timespan::max();
  for (auto& [id, x] : questions) {
    if (x.missed)
      continue;
    if (x.due > time) {
      next = std::min(next, x.due);
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

void coordinator_state::not_in_cloud(const numbers& xs,
                                     const std::string& reason) {
  for (auto n : xs) {
    auto i = held.find(n);
    if (i == held.end())
      continue;
    i->second.in_cloud = false;
    if (!i->second.answered) {
      ask_backup(n, reason);
      continue;
    }
    if (i->second.published)
      improve_later(n);
    held.erase(i);
  }
}

void coordinator_state::ask_backup(uint64_t number, const std::string& reason) {
  auto i = held.find(number);
  if (i == held.end() || i->second.in_backup || i->second.answered)
    return;
  auto& x = i->second;
  auto backup = others.get<function_actor>(cfg.backup);
  auto able = backup && x.picture && !(x.from_disk && improving);
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
  self
    ->request(
      backup, patience, apply_atom_v,
      make_item(cfg.stream, number, keyframes{cfg.stream, {x.picture}, {}, {}}))
    .then([self = self,
           number](const item& x) { self->state.backup_answered(number, x); },
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
  auto corrects = improving && working.count(number) > 0;
  auto later = corrects ? disk.improve_later(number) : disk.postpone(number);
  if (!later)
    return drop({number}, reason);
  held.erase(number);
  order.drop(number);
  if (working.erase(number) > 0)
    rest_until = now() + rest;
  publish();
}

void coordinator_state::drop(const numbers& xs, const std::string& reason) {
  for (auto n : xs) {
    held.erase(n);
    retried.erase(n);
    disk.close(n);
    auto from_disk = working.erase(n) > 0 && !improving;
    if (order.drop(n) || from_disk)
      ++counts.dropped[reason];
  }
  forget_segments();
  if (!xs.empty())
    publish();
}

} // namespace vpaas
