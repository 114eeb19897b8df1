#include "runtime/pipeline/run.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

bool has(const std::vector<uint64_t>& xs, uint64_t x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

const planned_stage& first_stage(const pipeline_plan& plan, size_t errand) {
  return plan.stages[plan.errands[errand].stages.front()];
}

/// Frames that networks of another tier looked at for this answer, once for
/// each network.
uint64_t billed(const pipeline_plan& plan, size_t errand,
                const stage_answered& x) {
  uint64_t frames = 0, networks = 0;
  for (auto& y : x.made)
    frames += y.second->frames.size();
  for (auto i : plan.errands[errand].stages)
    networks += plan.stages[i].billed;
  return frames * networks;
}

} // namespace

pipeline_run::pipeline_run(plan_ptr plan)
  : plan_(std::move(plan)), holding_(plan_->errands.size()),
    ending_(plan_->errands.size()) {
  // nop
}

pipeline_step pipeline_run::next(const pipeline_event& x) {
  step_ = {};
  std::visit([this](auto& y) { on(y); }, x);
  ask_in_turn();
  end_chunks();
  counts_.asks += step_.asks.size();
  return std::exchange(step_, {});
}

std::vector<uint64_t> pipeline_run::waiting(uint64_t ask) const {
  auto i = asks_.find(ask);
  if (i == asks_.end())
    return {};
  return {i->second.frames.begin(), i->second.frames.end()};
}

void pipeline_run::count_away(progress& x) {
  auto open = false;
  for (size_t i = 0; x.usual && !open && i < plan_->errands.size(); ++i)
    open = plan_->errands[i].tier != home_tier && !is_stand_in(i)
           && (x.errands[i] == phase::idle || x.errands[i] == phase::asked);
  away_ += open;
  away_ -= x.away;
  x.away = open;
}

std::vector<uint64_t> pipeline_run::at(const std::string& stage) const {
  numbers result;
  for (auto& x : plan_->stages)
    if (x.spec.id == stage)
      for (auto& [frame, y] : frames_)
        if (y.errands[x.errand] == phase::asked)
          result.push_back(frame);
  return result;
}

// -- events -------------------------------------------------------------------

void pipeline_run::on(const pieces_arrived& x) {
  numbers usual;
  for (auto& y : x.frames) {
    auto frame = y->frames.front();
    auto [i, fresh] = frames_.emplace(frame, progress{});
    if (!fresh)
      continue;
    auto& z = i->second;
    z.errands.resize(plan_->errands.size(), phase::idle);
    z.asks.resize(plan_->errands.size());
    z.made.resize(plan_->stages.size());
    z.source = y;
    z.usual = x.usual;
    z.reason = x.reason;
    if (x.usual)
      usual.push_back(frame);
    count_away(z);
  }
  advance(usual);
  if (x.stand_in || !x.usual)
    for (auto& y : x.frames)
      ask_stand_in(y->frames.front(), "");
}

void pipeline_run::on(const stage_answered& x) {
  counts_.sent += x.sent;
  counts_.received += x.received;
  auto i = asks_.find(x.ask);
  if (i == asks_.end()) {
    ++counts_.late;
    return;
  }
  auto errand = i->second.errand;
  counts_.billed += billed(*plan_, errand, x);
  numbers touched;
  for (auto& [stage, y] : x.made)
    for (auto frame : take(stage, errand, y))
      if (!has(touched, frame))
        touched.push_back(frame);
  counts_.late += touched.empty() && !x.made.empty();
  for (auto frame : touched)
    settle(frame, errand);
  for (auto frame : x.lost)
    fail(frame, errand, x.reason);
  auto held = first_stage(*plan_, errand).holds_back;
  if (x.complete && !held)
    for (auto frame : waiting(x.ask))
      fail(frame, errand, "no answer");
  if (waiting(x.ask).empty())
    asks_.erase(x.ask);
  if (is_stand_in(errand))
    for (auto frame : touched)
      stood_in(frame, errand);
  else
    advance(touched);
}

void pipeline_run::on(const stage_failed& x) {
  auto i = asks_.find(x.ask);
  if (i == asks_.end())
    return;
  auto errand = i->second.errand;
  for (auto frame : x.frames.empty() ? waiting(x.ask) : x.frames)
    fail(frame, errand, x.reason);
  if (waiting(x.ask).empty())
    asks_.erase(x.ask);
}

void pipeline_run::on(const stage_late& x) {
  auto i = asks_.find(x.ask);
  if (i == asks_.end())
    return;
  auto tier = plan_->errands[i->second.errand].tier;
  for (auto frame : waiting(x.ask))
    ask_stand_in(frame, tier);
}

void pipeline_run::on(const stage_gone& x) {
  for (auto& stage : plan_->stages)
    if (stage.spec.id == x.stage)
      for (auto frame : at(x.stage))
        fail(frame, stage.errand, x.reason);
}

void pipeline_run::on(const keyframes_ended& x) {
  for (size_t i = 0; i < plan_->errands.size(); ++i)
    if (x.after_all)
      ending_[i] = first_stage(*plan_, i).holds_back;
    else
      end_chunk(i);
}

void pipeline_run::on(const frames_forgotten& x) {
  for (auto frame : x.frames) {
    auto i = frames_.find(frame);
    if (i == frames_.end())
      continue;
    for (auto ask : i->second.asks)
      if (auto j = asks_.find(ask); j != asks_.end())
        j->second.frames.erase(frame);
    away_ -= i->second.away;
    frames_.erase(i);
  }
}

// -- the way through the stages -----------------------------------------------

// Errands stand in the order of their first stages, so that what one of them
// leaves out is known to those after it.
void pipeline_run::advance(const numbers& xs) {
  for (size_t i = 0; i < plan_->errands.size(); ++i)
    if (!is_stand_in(i) && !first_stage(*plan_, i).in_turn)
      ask_ready(i, xs);
  for (auto frame : xs)
    answer_if_complete(frame);
}

void pipeline_run::end_chunks() {
  for (size_t i = 0; i < plan_->errands.size(); ++i) {
    auto comes = [i](auto& x) {
      return x.second.usual && x.second.errands[i] == phase::idle;
    };
    if (ending_[i] && std::none_of(frames_.begin(), frames_.end(), comes)) {
      ending_[i] = false;
      end_chunk(i);
    }
  }
}

void pipeline_run::end_chunk(size_t errand) {
  if (!holding_[errand])
    return;
  holding_[errand] = false;
  send(errand, {});
}

// The first keyframe that such a stage has not passed, whatever came last.
void pipeline_run::ask_in_turn() {
  for (size_t i = 0; i < plan_->errands.size(); ++i)
    if (first_stage(*plan_, i).in_turn && !is_stand_in(i))
      for (auto& [frame, x] : frames_)
        if (x.usual
            && (x.errands[i] == phase::idle || x.errands[i] == phase::asked)) {
          ask_ready(i, {frame});
          break;
        }
}

// Those whose inputs came together go together: a part of a chunk is one ask.
void pipeline_run::ask_ready(size_t errand, const numbers& xs) {
  std::map<std::vector<const piece*>, numbers> together;
  std::vector<const std::vector<const piece*>*> order;
  auto& stage = first_stage(*plan_, errand);
  for (auto frame : xs) {
    auto i = frames_.find(frame);
    if (i == frames_.end() || !i->second.usual || !ready(i->second, errand))
      continue;
    auto& x = i->second;
    if (!stage.in_turn && in_vain(frame, x, errand)) {
      x.errands[errand] = phase::empty;
      count_away(x);
      continue;
    }
    std::vector<const piece*> key;
    for (auto y : stage.from)
      if (y != from_source)
        key.push_back(x.made[y].get());
    auto [j, fresh] = together.emplace(std::move(key), numbers{});
    if (fresh)
      order.push_back(&j->first);
    j->second.push_back(frame);
  }
  for (auto* key : order)
    send(errand, together.at(*key));
}

void pipeline_run::send(size_t errand, const numbers& xs) {
  pipeline_ask out;
  out.id = ++last_ask_;
  out.errand = errand;
  out.frames = xs;
  auto& stage = first_stage(*plan_, errand);
  for (auto y : stage.from) {
    std::vector<piece_ptr> pieces;
    for (auto frame : xs)
      if (auto& z = y == from_source ? frames_.at(frame).source
                                     : frames_.at(frame).made[y];
          z && (pieces.empty() || pieces.back() != z))
        pieces.push_back(z);
    out.inputs.push_back(std::move(pieces));
  }
  for (auto frame : xs) {
    frames_.at(frame).errands[errand] = phase::asked;
    frames_.at(frame).asks[errand] = out.id;
  }
  if (stage.holds_back && !xs.empty())
    holding_[errand] = true;
  asks_.emplace(out.id, open_ask{errand, {xs.begin(), xs.end()}});
  step_.asks.push_back(std::move(out));
}

bool pipeline_run::ready(const progress& x, size_t errand) const {
  if (x.errands[errand] != phase::idle)
    return false;
  for (auto i : plan_->errands[errand].stages)
    for (auto y : plan_->stages[i].from)
      if (y != from_source && plan_->stages[y].errand != errand) {
        auto before = x.errands[plan_->stages[y].errand];
        if (before != phase::made && before != phase::empty)
          return false;
      }
  return true;
}

bool pipeline_run::in_vain(uint64_t frame, const progress& x,
                           size_t errand) const {
  for (auto i : plan_->errands[errand].stages)
    for (auto y : plan_->stages[i].from) {
      if (y == from_source || plan_->stages[y].errand == errand)
        continue;
      auto& before = x.made[y];
      if (x.errands[plan_->stages[y].errand] == phase::empty
          || (plan_->stages[y].returns && !before)
          || (before && has(before->nothing, frame)))
        return true;
    }
  return false;
}

std::vector<uint64_t> pipeline_run::take(const std::string& stage,
                                         size_t errand, const piece_ptr& y) {
  numbers result;
  auto& mine = plan_->errands[errand].stages;
  auto made_by = mine.back();
  for (auto i : mine)
    if (plan_->stages[i].spec.id == stage
        || (stage.empty() && plan_->stages[i].returns))
      made_by = i;
  for (auto frame : y->frames)
    if (auto i = frames_.find(frame);
        i != frames_.end() && i->second.errands[errand] == phase::asked) {
      i->second.made[made_by] = y;
      result.push_back(frame);
    }
  return result;
}

void pipeline_run::settle(uint64_t frame, size_t errand) {
  auto& x = frames_.at(frame);
  x.errands[errand] = phase::made;
  count_away(x);
  auto ask = std::exchange(x.asks[errand], 0);
  if (auto i = asks_.find(ask); i != asks_.end()) {
    i->second.frames.erase(frame);
    // The ask that is being answered goes with its event.
    if (i->second.frames.empty())
      asks_.erase(i);
  }
}

void pipeline_run::fail(uint64_t frame, size_t errand,
                        const std::string& reason) {
  auto i = frames_.find(frame);
  if (i == frames_.end() || i->second.errands[errand] != phase::asked)
    return;
  settle(frame, errand);
  auto& x = i->second;
  if (is_stand_in(errand)) {
    x.errands[errand] = phase::idle;
    return stand_in_failed(frame, reason);
  }
  x.errands[errand] = phase::empty;
  count_away(x);
  if (plan_->errands[errand].optional) {
    ++counts_.left_out;
    return advance({frame});
  }
  x.usual = false;
  count_away(x);
  x.reason = reason;
  if (x.stood_in)
    give_verdict(frame, outcome::uncorrected);
  else
    ask_stand_in(frame, plan_->errands[errand].tier);
}

// -- verdicts
// ------------------------------------------------------------------

void pipeline_run::answer_if_complete(uint64_t frame) {
  auto i = frames_.find(frame);
  if (i == frames_.end() || !i->second.usual)
    return;
  for (size_t j = 0; j < plan_->errands.size(); ++j)
    if (auto at = i->second.errands[j];
        !is_stand_in(j) && at != phase::made && at != phase::empty)
      return;
  give_verdict(frame, outcome::answered);
}

void pipeline_run::give_verdict(uint64_t frame, outcome how) {
  auto i = frames_.find(frame);
  auto& x = i->second;
  verdict out;
  out.frame = frame;
  out.how = how;
  out.corrects = x.stood_in;
  out.reason = x.reason;
  if (how == outcome::answered)
    for (auto stage : plan_->result)
      if (x.made[stage])
        out.made.emplace_back(stage, x.made[stage]);
  step_.verdicts.push_back(std::move(out));
  on(frames_forgotten{{frame}});
}

bool pipeline_run::is_stand_in(size_t errand) const {
  return first_stage(*plan_, errand).stands_in;
}

} // namespace vpaas
