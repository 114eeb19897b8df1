#include "actors/stream/stage_desk.hpp"

#include "actors/pieces.hpp"
#include "actors/stream/coordinator.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/regions.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// A detector of the fog's own: few keyframes wait for it.
bool is_backup(const planned_stage& x) {
  return x.stands_in || x.spec.function == "backup_detector";
}

/// Why a keyframe has no answer where this stage failed.
std::string reason_of(const planned_stage& x) {
  return x.holds_back ? "unencodable" : is_backup(x) ? "backup" : x.spec.id;
}

/// Bytes of a keyframe among these; 0: it is not.
uint64_t bytes_of(const chunks& xs, uint64_t number) {
  for (auto& x : xs.parts)
    for (auto& y : x.frames)
      if (y.number == number)
        return y.size;
  return 0;
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

void stage_desk::lay_out(const std::vector<frame>& xs) {
  for (auto& f : xs)
    at_hand_.emplace(f.number(), f);
}

void stage_desk::put_away(const std::vector<frame>& xs) {
  for (auto& f : xs)
    at_hand_.erase(f.number());
}

// Networks get keyframes one by one: they make batches of their own.
void stage_desk::ask(address to, const plan_ptr& plan,
                     const std::string& stream, const pipeline_ask& x) {
  job todo;
  todo.to = to;
  todo.plan = plan;
  auto& stage = plan->stages[plan->errands[x.errand].stages.front()];
  todo.stage = &stage;
  todo.stream = stage.holds_back ? round_of(*plan, stage, stream)
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

void stage_desk::start(std::shared_ptr<job> x) {
  auto reason = reason_of(*x->stage);
  auto& who = x->stage->spec;
  auto nobody = who.optional && !all_.mail.has(who.function);
  if (nobody || refuses(*x, reason)) // no picture is fetched in vain
    return all_.work.tell(x->to.line,
                          stage_failed{x->to.ask, reason, x->frames});
  standing_in_ += is_backup(*x->stage) ? x->frames.size() : 0;
  auto& from = x->stage->from;
  if (std::count(from.begin(), from.end(), from_source) > 0)
    fetch(x, 0);
  else
    apply(x);
}

// A live source does not wait for it: it gets keyframes evenly.
bool stage_desk::refuses(const job& x, std::string& reason) {
  if (!is_backup(*x.stage) || x.frames.empty())
    return false;
  auto i = all_.held.find(x.frames.front());
  auto from_disk = i != all_.held.end() && i->second.from_disk;
  if (!all_.mail.has(x.stage->spec.function)
      || (x.stage->stands_in && from_disk && all_.book.taken().improving)) {
    reason = x.stage->stands_in ? "" : reason_of(*x.stage);
    return true;
  }
  if (!all_.source.live() || from_disk || all_.sampler.take(standing_in_))
    return false;
  ++all_.counts.skipped;
  reason = "skipped";
  return true;
}

void stage_desk::fetch(std::shared_ptr<job> x, size_t from) {
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
void stage_desk::picture_gone(job& x, uint64_t number) {
  auto& frames = x.frames;
  frames.erase(std::find(frames.begin(), frames.end(), number));
  standing_in_ -= is_backup(*x.stage);
  auto i = all_.held.find(number);
  if (i == all_.held.end())
    return;
  if (is_backup(*x.stage) || !x.stage->spec.optional
      || !all_.book.disk().keeps(number))
    return all_.work.tell(
      x.to.line, stage_failed{x.to.ask,
                              is_backup(*x.stage) ? "backup" : "undecodable",
                              {number}});
  if (!i->second.answered)
    return all_.give_up(number, "undecodable");
  if (i->second.published)
    all_.book.improve_later(number);
  all_.let_go(number);
}

void stage_desk::apply(std::shared_ptr<job> x) {
  auto joined = join_inputs(x->stage->takes, x->stream, x->frames, x->inputs);
  x->inputs.clear();
  x->pictures.clear();
  if (!joined) {
    all_.counts.last_error = describe(joined.error());
    standing_in_ -= is_backup(*x->stage) ? x->frames.size() : 0;
    return all_.work.tell(x->to.line,
                          stage_failed{x->to.ask, "lost", x->frames});
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

void stage_desk::applied(const job& x, const numbers& frames, time_point asked,
                         const caf::expected<item>& y) {
  at_encoder_ -= x.stage->holds_back;
  standing_in_ -= is_backup(*x.stage) ? frames.size() : 0;
  auto took = all_.now() - asked;
  trace(x, frames, asked, y);
  if (x.stage->holds_back && y)
    all_.encode_time.record(took);
  else if (x.stage->takes == regions::type_name && y)
    all_.name_time.record(took);
  if (!y) {
    auto its_fault = y.error().category() == caf::atom("vpaas");
    if (x.stage->holds_back && !its_fault && !all_.source.live())
      all_.ask_again(frames);
    all_.work.tell(x.to.line,
                   stage_failed{x.to.ask, reason_of(*x.stage), frames});
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
    all_.work.tell(x.to.line, event);
  }
  all_.analyse_waiting();
  all_.wind_up();
}

void stage_desk::trace(const job& x, const numbers& frames, time_point asked,
                       const caf::expected<item>& y) {
  if (!all_.traces.on())
    return;
  trace_step step;
  step.name = x.stage->spec.function;
  step.failed = !y;
  auto made = y ? y->value.get<chunks>() : nullptr;
  for (auto n : frames) {
    step.received = made ? bytes_of(*made, n) : 0;
    all_.traces.note({n}, step, asked);
  }
}

} // namespace vpaas
