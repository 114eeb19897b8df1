#include "runtime/pipeline/run.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

bool has(const std::vector<uint64_t>& xs, uint64_t x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

bool is_stand_in(const pipeline_plan& plan, size_t errand) {
  return first_stage(plan, errand).stands_in;
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

/// @returns what the flag was
bool lowered(std::vector<bool>& flags, size_t i) {
  auto result = bool{flags[i]};
  flags[i] = false;
  return result;
}

} // namespace

pipeline_run::pipeline_run(plan_ptr plan)
  : way_(std::move(plan)), holding_(way_.plan()->errands.size()),
    ending_(way_.plan()->errands.size()) {
  // nop
}

pipeline_step pipeline_run::next(const pipeline_event& x) {
  step_ = {};
  std::visit([this](auto& y) { on(y); }, x);
  for (size_t i = 0; i < plan().errands.size(); ++i)
    if (first_stage(plan(), i).in_turn && !is_stand_in(plan(), i))
      if (auto frame = way_.next_in_turn(i))
        ask_ready(i, {*frame});
  end_chunks();
  counts_.asks += step_.asks.size();
  return std::exchange(step_, {});
}

// -- events -------------------------------------------------------------------

void pipeline_run::on(const pieces_arrived& x) {
  numbers usual;
  for (auto& y : x.frames)
    if (way_.begin(y, x.usual, x.reason) && x.usual)
      usual.push_back(y->frames.front());
  advance(usual);
  if (x.stand_in || !x.usual)
    for (auto& y : x.frames)
      ask_stand_in(y->frames.front(), "");
}

void pipeline_run::on(const stage_answered& x) {
  counts_.sent += x.sent;
  counts_.received += x.received;
  auto asked = way_.errand_of(x.ask);
  if (!asked) {
    ++counts_.late;
    return;
  }
  auto errand = *asked;
  counts_.billed += billed(plan(), errand, x);
  numbers touched;
  for (auto& [stage, y] : x.made)
    for (auto frame : way_.take(stage, errand, y))
      if (!has(touched, frame))
        touched.push_back(frame);
  counts_.late += touched.empty() && !x.made.empty();
  for (auto frame : touched)
    way_.settle(frame, errand);
  for (auto frame : x.lost)
    fail(frame, errand, x.reason);
  auto held = first_stage(plan(), errand).holds_back;
  if (x.complete && !held)
    for (auto frame : waiting(x.ask))
      fail(frame, errand, "no answer");
  way_.close_if_done(x.ask);
  if (is_stand_in(plan(), errand))
    for (auto frame : touched)
      stood_in(frame, errand);
  else
    advance(touched);
}

void pipeline_run::on(const stage_failed& x) {
  auto errand = way_.errand_of(x.ask);
  if (!errand)
    return;
  for (auto frame : x.frames.empty() ? waiting(x.ask) : x.frames)
    fail(frame, *errand, x.reason);
  way_.close_if_done(x.ask);
}

void pipeline_run::on(const stage_late& x) {
  if (auto errand = way_.errand_of(x.ask))
    for (auto frame : waiting(x.ask))
      ask_stand_in(frame, plan().errands[*errand].tier);
}

void pipeline_run::on(const stage_gone& x) {
  for (auto& stage : plan().stages)
    if (stage.spec.id == x.stage)
      for (auto frame : at(x.stage))
        fail(frame, stage.errand, x.reason);
}

void pipeline_run::on(const keyframes_ended& x) {
  for (size_t i = 0; i < plan().errands.size(); ++i)
    if (x.after_all)
      ending_[i] = first_stage(plan(), i).holds_back;
    else if (lowered(holding_, i))
      send(i, {});
}

void pipeline_run::on(const frames_forgotten& x) {
  for (auto frame : x.frames)
    way_.forget(frame);
}

// -- the way through the stages -----------------------------------------------

// Errands stand in the order of their first stages, so that what one of them
// leaves out is known to those after it.
void pipeline_run::advance(const numbers& xs) {
  for (size_t i = 0; i < plan().errands.size(); ++i)
    if (!is_stand_in(plan(), i) && !first_stage(plan(), i).in_turn)
      ask_ready(i, xs);
  for (auto frame : xs)
    if (auto x = way_.find(frame); x && x->usual && x->complete(plan()))
      give_verdict(frame, outcome::answered);
}

void pipeline_run::end_chunks() {
  for (size_t i = 0; i < plan().errands.size(); ++i)
    if (ending_[i] && !way_.comes(i) && lowered(ending_, i)
        && lowered(holding_, i))
      send(i, {});
}

void pipeline_run::ask_ready(size_t errand, const numbers& xs) {
  std::map<std::vector<const piece*>, numbers> together;
  std::vector<const std::vector<const piece*>*> order;
  auto& stage = first_stage(plan(), errand);
  for (auto frame : xs) {
    auto x = way_.find(frame);
    if (!x || !x->usual || !x->ready(plan(), errand))
      continue;
    if (!stage.in_turn && x->in_vain(plan(), errand)) {
      way_.set(frame, errand, errand_phase::empty);
      continue;
    }
    std::vector<const piece*> key;
    for (auto y : stage.from)
      if (y != from_source)
        key.push_back(x->made[y].get());
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
  auto& stage = first_stage(plan(), errand);
  for (auto y : stage.from) {
    std::vector<piece_ptr> pieces;
    for (auto frame : xs)
      if (auto& z = y == from_source ? way_.at(frame).source
                                     : way_.at(frame).made[y];
          z && (pieces.empty() || pieces.back() != z))
        pieces.push_back(z);
    out.inputs.push_back(std::move(pieces));
  }
  if (stage.holds_back && !xs.empty())
    holding_[errand] = true;
  way_.ask(out.id, errand, xs);
  step_.asks.push_back(std::move(out));
}

void pipeline_run::fail(uint64_t frame, size_t errand,
                        const std::string& reason) {
  auto x = way_.find(frame);
  if (!x || x->errands[errand] != errand_phase::asked)
    return;
  way_.settle(frame, errand);
  if (is_stand_in(plan(), errand)) {
    way_.set(frame, errand, errand_phase::idle);
    return stand_in_failed(frame, reason);
  }
  way_.set(frame, errand, errand_phase::empty);
  if (plan().errands[errand].optional) {
    ++counts_.left_out;
    return advance({frame});
  }
  way_.resign(frame);
  x->reason = reason;
  if (x->stood_in)
    give_verdict(frame, outcome::uncorrected);
  else
    ask_stand_in(frame, plan().errands[errand].tier);
}

// -- verdicts -----------------------------------------------------------------

void pipeline_run::give_verdict(uint64_t frame, outcome how) {
  auto& x = way_.at(frame);
  verdict out;
  out.frame = frame;
  out.how = how;
  out.corrects = x.stood_in;
  out.reason = x.reason;
  if (how == outcome::answered)
    for (auto stage : plan().result)
      if (x.made[stage])
        out.made.emplace_back(stage, x.made[stage]);
  step_.verdicts.push_back(std::move(out));
  way_.forget(frame);
}

void pipeline_run::ask_stand_in(uint64_t frame, const std::string& tier) {
  auto x = way_.find(frame);
  if (!x || x->stand_in_asked || x->stood_in)
    return;
  auto errand = plan().stand_in(tier);
  if (!errand)
    return stand_in_failed(frame, x->reason);
  x->stand_in_asked = true;
  send(*errand, {frame});
}

// While the pipeline may answer, each new reason is a new chance for it.
void pipeline_run::stand_in_failed(uint64_t frame, const std::string& reason) {
  auto& x = *way_.find(frame);
  x.stand_in_asked = false;
  if (!reason.empty())
    x.reason = reason;
  if (!x.usual)
    give_verdict(frame, outcome::unanswered);
}

void pipeline_run::stood_in(uint64_t frame, size_t errand) {
  auto& x = *way_.find(frame);
  x.stand_in_asked = false;
  x.stood_in = true;
  verdict out;
  out.frame = frame;
  out.how = outcome::stood_in;
  out.final = !x.usual;
  out.reason = x.reason;
  auto stage = plan().errands[errand].stages.front();
  out.made.emplace_back(stage, x.made[stage]);
  step_.verdicts.push_back(std::move(out));
  if (!x.usual)
    way_.forget(frame);
}

} // namespace vpaas
