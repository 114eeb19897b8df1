#include "actors/stream/analysis.hpp"

#include "actors/stream/coordinator.hpp"
#include "runtime/media/keyframes.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// What a keyframe is known by until its picture is needed.
piece_ptr source_piece(uint64_t number) {
  auto result = std::make_shared<piece>();
  result->kind = keyframes::type_name;
  result->frames = {number};
  return result;
}

} // namespace

// -- pipelines ----------------------------------------------------------------

// Of one and the same pipeline only parameters differ: they travel with the
// items and hold from the next chunk on.
void analysis::choose(plan_ptr x) {
  auto before = std::exchange(plan_, std::move(x));
  if (before == plan_)
    return;
  for (auto& y : plan_->stages)
    if (y.spec.tier == home_tier)
      all_.mail.want(y.spec.function);
  if (before && before->name == plan_->name) {
    for (auto id : {now_, again_})
      lines_.at(id).run.change(plan_);
    return;
  }
  all_.look_at = {};
  if (before)
    end_chunks();
  for (auto* id : {&now_, &again_}) {
    *id = ++last_line_;
    auto stream = all_.cfg.stream + (id == &again_ ? "/again" : "");
    lines_.emplace(*id, line{pipeline_run{plan_}, stream});
  }
}

bool analysis::uses_cloud() const {
  return std::any_of(plan_->stages.begin(), plan_->stages.end(), [](auto& x) {
    return x.spec.tier != home_tier && !x.stands_in;
  });
}

bool analysis::has_stand_in() const {
  return std::any_of(
    plan_->stages.begin(), plan_->stages.end(), [this](auto& x) {
      return (x.stands_in || !uses_cloud()) && x.spec.tier == home_tier
             && all_.mail.has(x.spec.function);
    });
}

void analysis::begin(const std::vector<frame>& xs, fallback::plan whom,
                     const std::string& reason, bool again) {
  pieces_arrived event;
  event.usual = whom.cloud;
  event.stand_in = whom.fog;
  event.reason = reason;
  auto id = again ? again_ : now_;
  for (auto& f : xs) {
    event.frames.push_back(source_piece(f.number()));
    auto& x = all_.held.at(f.number());
    x.line = id;
    x.decoded = true;
    x.complete = all_.now();
    auto& y = x.result;
    y.frame = f.number();
    y.pts_us = f.info().pts_us;
    y.captured = f.info().captured;
    y.damaged = f.info().damaged;
    all_.traces.begin(y.frame, y.captured);
    y.pipeline = plan_->name;
  }
  desk_.lay_out(xs);
  tell(id, event);
  desk_.put_away(xs);
  begun_at_ = all_.now();
  chunks_.set(all_.self, begun_at_ + all_.cfg.chunk_time,
              [this] { look_at_chunks(); });
}

void analysis::begin_again(const std::vector<frame>& xs, bool by_cloud) {
  auto whom = by_cloud || !uses_cloud() ? fallback::plan{true, false}
                                        : fallback::plan{false, true};
  end_chunks();
  begin(xs, whom, "cloud_down", true);
  end_chunks();
}

void analysis::end_chunks(bool after_all) {
  std::vector<uint64_t> ids;
  for (auto& [id, x] : lines_)
    ids.push_back(id);
  for (auto id : ids)
    tell(id, keyframes_ended{after_all});
}

// A chunk whose parts leave together has its last one only when another
// follows.
void analysis::look_at_chunks() {
  auto held = std::any_of(lines_.begin(), lines_.end(), [](auto& x) {
    auto& stages = x.second.run.plan().stages;
    return std::any_of(stages.begin(), stages.end(), [&](auto& y) {
      return y.holds_back && !x.second.run.at(y.spec.id).empty();
    });
  });
  if (!held)
    return;
  auto due = begun_at_ + all_.cfg.chunk_time;
  if (desk_.at_encoder() > 0)
    due = std::max(due, all_.now() + all_.look_again);
  if (all_.now() >= due)
    return end_chunks();
  chunks_.set(all_.self, due, [this] { look_at_chunks(); });
}

void analysis::forget(uint64_t frame) {
  if (auto i = all_.held.find(frame); i != all_.held.end() && i->second.line)
    tell(i->second.line, frames_forgotten{{frame}});
}

void analysis::encoder_lost() {
  std::vector<std::pair<uint64_t, std::string>> stages;
  for (auto& [id, x] : lines_)
    for (auto& y : x.run.plan().stages)
      if (y.holds_back)
        stages.emplace_back(id, y.spec.id);
  for (auto& [id, stage] : stages) {
    auto i = lines_.find(id);
    if (i != lines_.end() && !all_.source.live())
      all_.ask_again(i->second.run.at(stage));
    tell(id, stage_gone{stage, "unencodable"});
  }
}

size_t analysis::away() const {
  size_t result = 0;
  for (auto& [id, x] : lines_)
    result += x.run.away();
  return result;
}

// What one event leads to may lead to others: a line goes only when nobody is
// at work on it.
void analysis::tell(uint64_t id, const pipeline_event& x) {
  auto i = lines_.find(id);
  if (i == lines_.end())
    return;
  ++depth_;
  auto step = i->second.run.next(x);
  for (auto& y : step.asks)
    ask(id, y);
  for (auto& y : step.verdicts)
    all_.judge(i->second.run.plan(), y);
  if (--depth_ > 0)
    return;
  for (auto j = lines_.begin(); j != lines_.end();) {
    auto done = j->second.run.idle() && j->first != now_ && j->first != again_;
    j = done ? lines_.erase(j) : std::next(j);
  }
}

void analysis::ask(uint64_t id, const pipeline_ask& x) {
  auto& run = lines_.at(id).run;
  if (!x.frames.empty() && run.waiting(x.id).empty())
    return; // meanwhile nobody wants to know
  if (run.plan().errands[x.errand].tier == home_tier)
    desk_.ask({id, x.id}, run.shared_plan(), lines_.at(id).stream, x);
  else
    ask_away(id, x);
}

} // namespace vpaas
