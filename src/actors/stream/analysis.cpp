#include "actors/stream/analysis.hpp"

#include "actors/pieces.hpp"
#include "actors/stream/coordinator.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/regions.hpp"

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

/// A detector of the fog's own: few keyframes wait for it.
bool is_backup(const planned_stage& x) {
  return x.stands_in || x.spec.function == "backup_detector";
}

/// Why a keyframe has no answer where this stage failed.
std::string reason_of(const planned_stage& x) {
  return x.holds_back ? "unencodable" : is_backup(x) ? "backup" : x.spec.id;
}

/// The name under which an encoder holds a session: the first of a pipeline has
/// the stream's, any other one of its own.
std::string round_of(const pipeline_plan& plan, const planned_stage& x,
                     const std::string& stream) {
  for (auto& y : plan.stages)
    if (y.holds_back)
      return y.spec.id == x.spec.id ? stream : stream + ":" + x.spec.id;
  return stream;
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
    at_hand_.emplace(f.number(), f);
    auto& x = all_.held.at(f.number());
    x.line = id;
    x.decoded = true;
    x.complete = all_.now();
    auto& y = x.result;
    y.frame = f.number();
    y.pts_us = f.info().pts_us;
    y.captured = f.info().captured;
    y.damaged = f.info().damaged;
    y.pipeline = plan_->name;
  }
  tell(id, event);
  for (auto& f : xs)
    at_hand_.erase(f.number());
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
  if (at_encoder_ > 0)
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
    ask_here(id, x);
  else
    ask_away(id, x);
}

// -- here ---------------------------------------------------------------------

// Networks get keyframes one by one: they make batches of their own.
void analysis::ask_here(uint64_t id, const pipeline_ask& x) {
  auto& line = lines_.at(id);
  job todo;
  todo.to = {id, x.id};
  todo.plan = line.run.shared_plan();
  auto& plan = *todo.plan;
  auto& stage = plan.stages[plan.errands[x.errand].stages.front()];
  todo.stage = &stage;
  todo.stream = stage.holds_back ? round_of(plan, stage, line.stream)
                                 : all_.cfg.stream;
  todo.ends = x.frames.empty();
  for (auto& pieces : x.inputs) {
    todo.inputs.emplace_back();
    for (auto& y : pieces)
      if (y->value.has_value())
        todo.inputs.back().push_back(item_of(*y));
  }
  if (stage.holds_back || stage.takes != keyframes::type_name) {
    todo.frames = x.frames;
    return start(std::make_shared<job>(std::move(todo)));
  }
  for (auto n : x.frames) {
    todo.frames = {n};
    start(std::make_shared<job>(todo));
  }
}

void analysis::start(std::shared_ptr<job> x) {
  auto reason = reason_of(*x->stage);
  auto& who = x->stage->spec;
  auto nobody = who.optional && !all_.mail.has(who.function);
  if (nobody || refuses(*x, reason)) // no picture is fetched in vain
    return tell(x->to.line, stage_failed{x->to.ask, reason, x->frames});
  standing_in_ += is_backup(*x->stage) ? x->frames.size() : 0;
  auto& from = x->stage->from;
  if (std::count(from.begin(), from.end(), from_source) > 0)
    fetch(x, 0);
  else
    apply(x);
}

// A live source does not wait for it: it gets keyframes evenly.
bool analysis::refuses(const job& x, std::string& reason) {
  if (!is_backup(*x.stage) || x.frames.empty())
    return false;
  auto i = all_.held.find(x.frames.front());
  auto from_disk = i != all_.held.end() && i->second.from_disk;
  if (!all_.mail.has(x.stage->spec.function)
      || (x.stage->stands_in && from_disk && all_.book.improving())) {
    reason = x.stage->stands_in ? "" : reason_of(*x.stage);
    return true;
  }
  if (!all_.source.live() || from_disk || all_.sampler.take(standing_in_))
    return false;
  ++all_.counts.skipped;
  reason = "skipped";
  return true;
}

void analysis::fetch(std::shared_ptr<job> x, size_t from) {
  auto add = [this, x](const frame& f) {
    keyframes one{all_.cfg.stream, {f}, {}, {}};
    if (auto i = all_.held.find(f.number()); i != all_.held.end())
      one.coded = i->second.coded;
    x->pictures.push_back(
      make_item(all_.cfg.stream, f.number(), std::move(one)));
  };
  auto wanted = x->frames;
  for (size_t k = from; k < wanted.size(); ++k) {
    auto here = at_hand_.find(wanted[k]);
    auto picture = here != at_hand_.end()
                     ? here->second
                     : all_.pictures.shelf().get(wanted[k]);
    if (picture) {
      add(picture);
      continue;
    }
    return all_.pictures.with(
      wanted[k],
      [=](const frame& f) {
        add(f);
        fetch(x, k + 1);
      },
      [=, number = wanted[k]] {
        picture_gone(*x, number);
        fetch(x, k);
      });
  }
  if (x->frames.empty() && !x->ends)
    return;
  for (size_t i = 0; i < x->stage->from.size(); ++i)
    if (x->stage->from[i] == from_source)
      x->inputs[i] = x->pictures;
  apply(x);
}

// What was to be made better stays as it is where the disk has it not.
void analysis::picture_gone(job& x, uint64_t number) {
  auto& frames = x.frames;
  frames.erase(std::find(frames.begin(), frames.end(), number));
  standing_in_ -= is_backup(*x.stage);
  auto i = all_.held.find(number);
  if (i == all_.held.end())
    return;
  if (is_backup(*x.stage) || !x.stage->spec.optional
      || !all_.book.keeps(number))
    return tell(x.to.line,
                stage_failed{x.to.ask,
                             is_backup(*x.stage) ? "backup" : "undecodable",
                             {number}});
  if (!i->second.answered)
    return all_.give_up(number, "undecodable");
  if (i->second.published)
    all_.book.improve_later(number);
  all_.let_go(number);
}

void analysis::apply(std::shared_ptr<job> x) {
  auto joined = join_inputs(x->stage->takes, x->stream, x->frames, x->inputs);
  x->inputs.clear();
  x->pictures.clear();
  if (!joined) {
    all_.counts.last_error = describe(joined.error());
    standing_in_ -= is_backup(*x->stage) ? x->frames.size() : 0;
    return tell(x->to.line, stage_failed{x->to.ask, "lost", x->frames});
  }
  for (auto& y : *joined) {
    auto frames = joined->size() > 1 ? frames_of(y) : x->frames;
    at_encoder_ += x->stage->holds_back;
    all_.mail.ask(x->stage->spec.function, std::move(y), x->stage->spec.options,
                  [=, asked = all_.now()](const caf::expected<item>& z) {
                    applied(*x, frames, asked, z);
                  });
  }
}

void analysis::applied(const job& x, const numbers& frames, time_point asked,
                       const caf::expected<item>& y) {
  at_encoder_ -= x.stage->holds_back;
  standing_in_ -= is_backup(*x.stage) ? frames.size() : 0;
  auto took = all_.now() - asked;
  if (x.stage->holds_back && y)
    all_.encode_time.record(took);
  else if (x.stage->takes == regions::type_name && y)
    all_.name_time.record(took);
  if (!y) {
    auto its_fault = y.error().category() == caf::atom("vpaas");
    if (x.stage->holds_back && !its_fault && !all_.source.live())
      all_.ask_again(frames);
    tell(x.to.line, stage_failed{x.to.ask, reason_of(*x.stage), frames});
  } else {
    stage_answered event;
    event.ask = x.to.ask;
    event.complete = false; // there may be other items
    event.reason = reason_of(*x.stage);
    for (auto& piece : pieces_of(*y))
      event.made.emplace_back("", piece);
    if (auto parts = y->value.get<chunks>())
      event.lost = parts->lost;
    else if (!x.stage->holds_back)
      for (auto n : frames)
        if (std::none_of(event.made.begin(), event.made.end(), [n](auto& z) {
              auto& them = z.second->frames;
              return std::count(them.begin(), them.end(), n) > 0;
            }))
          event.lost.push_back(n);
    tell(x.to.line, event);
  }
  all_.analyse_waiting();
  all_.wind_up();
}

} // namespace vpaas
