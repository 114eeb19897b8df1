// What a stream's pipelines ask of the cloud, and what becomes of that.

#include "actors/fog/wire_bytes.hpp"
#include "actors/pieces.hpp"
#include "actors/stream/analysis.hpp"
#include "actors/stream/coordinator.hpp"

#include <set>
#include <utility>

namespace vpaas {

void analysis::ask_away(uint64_t id, const pipeline_ask& x) {
  auto& run = lines_.at(id).run;
  auto& plan = run.plan();
  auto& first = plan.stages[plan.errands[x.errand].stages.front()];
  auto part
    = *item_of(*x.inputs.at(first.from.size() - 1).at(0)).value.get<chunk>();
  auto frames = run.waiting(x.id);
  auto waits = !all_.source.live();
  ++all_.counts.parts;
  all_.counts.chunks += part.part == 0;
  for (auto n : frames)
    if (auto i = all_.held.find(n); i != all_.held.end()) {
      i->second.complete = all_.now();
      i->second.result.chunk = part.seq;
      waits |= i->second.from_disk;
    }
  std::vector<errand_step> todo;
  if (part.part == 0)
    todo = steps_of(plan, x.errand);
  if (!todo.empty() && is_usual(todo))
    todo.clear();
  auto question = ++last_question_;
  uint64_t networks = 0;
  for (auto i : plan.errands[x.errand].stages)
    networks += plan.stages[i].billed;
  questions_[question] = {{id, x.id}, networks, frames, all_.now(), 0};
  all_.cloud.asked(question, frames.size(), waits, all_.now_ns());
  look_at_deadlines();
  auto before = all_.counts.bytes_to_cloud;
  all_.mail.send(std::move(part), std::move(todo), waits,
                 [this, question](const caf::expected<item>& y) {
                   all_.through.ended(question, bool(y), all_.now_ns());
                   y ? cloud_answered(question, *y)
                     : cloud_failed(question, y.error());
                 });
  auto i = questions_.find(question);
  if (i == questions_.end())
    return; // it was refused at once
  i->second.bytes = all_.counts.bytes_to_cloud - before;
  all_.through.sent(question, i->second.bytes, all_.now_ns());
}

void analysis::cloud_answered(uint64_t question, const item& x) {
  auto in = x.value.get<chunk_answer>();
  if (!in)
    return cloud_failed(
      question, caf::make_error(ec::bad_input, "the cloud answered " + x.kind));
  auto& counts = all_.counts;
  auto known = questions_.extract(question).mapped();
  auto to = known.to;
  counts.cloud_frames += known.networks * in->frames.size();
  if (auto asked = all_.cloud.answered(question, all_.now_ns()))
    all_.cloud_time.record(all_.now_ns() - asked->sent);
  all_.detect_time.record(in->decoding + in->detecting);
  auto bytes = answer_bytes(all_.self->system(), x);
  counts.bytes_from_cloud += bytes;
  trace(known, in, bytes);
  auto i = lines_.find(to.line);
  auto waiting = i == lines_.end() ? numbers{} : i->second.run.waiting(to.ask);
  std::set<uint64_t> missing{waiting.begin(), waiting.end()};
  stage_answered event;
  event.ask = to.ask;
  for (auto& y : in->frames) {
    auto late = missing.erase(y.frame) == 0;
    auto j = all_.held.find(y.frame);
    counts.late += late || (j != all_.held.end() && j->second.answered);
  }
  for (auto& piece : pieces_of(x))
    event.made.emplace_back("", piece);
  event.complete = false; // those that it left out are told apart
  tell(to.line, event);
  not_in_cloud(to, {missing.begin(), missing.end()}, "cloud");
  all_.proceed(); // there is room
}

void analysis::cloud_failed(uint64_t question, const caf::error& cause) {
  auto known = questions_.extract(question).mapped();
  auto to = known.to;
  trace(known, nullptr, 0);
  ++all_.counts.failures;
  all_.counts.last_error = describe(cause);
  auto failure = all_.cloud.failed(question, cause, all_.now_ns());
  end_chunks(); // later parts would need this one
  auto i = lines_.find(to.line);
  if (i == lines_.end())
    return;
  auto frames = i->second.run.waiting(to.ask);
  if (!failure.again)
    return not_in_cloud(to, frames, failure.reason);
  numbers settled, open;
  for (auto n : frames) {
    auto j = all_.held.find(n);
    auto apart = j != all_.held.end()
                 && (j->second.answered || j->second.from_disk);
    (apart ? settled : open).push_back(n);
  }
  not_in_cloud(to, settled, "cloud");
  all_.ask_again(open);
}

void analysis::trace(const question& x, const chunk_answer* in,
                     uint64_t bytes) {
  trace_step step;
  step.what = trace_step::kind::cloud;
  step.name = all_.cfg.function;
  step.sent = x.bytes;
  step.received = bytes;
  step.failed = !in;
  if (in)
    step.by = {all_.traces.cloud(), in->decoding, in->detecting};
  all_.traces.note(x.frames, std::move(step), x.asked);
}

// What is on disk can wait for a cloud that is there.
void analysis::not_in_cloud(address to, const numbers& xs,
                            const std::string& reason) {
  numbers failed;
  for (auto n : xs) {
    auto i = all_.held.find(n);
    if (i != all_.held.end() && i->second.from_disk && !i->second.answered
        && all_.old.by_cloud())
      all_.give_up(n, reason);
    else
      failed.push_back(n);
  }
  if (!failed.empty())
    tell(to.line, stage_failed{to.ask, reason, failed});
}

void analysis::look_at_deadlines() {
  auto late = all_.cloud.missed(all_.now_ns());
  if (auto next = all_.cloud.next_deadline())
    deadlines_.set(all_.self, time_point{*next},
                   [this] { look_at_deadlines(); });
  if (!late.empty())
    end_chunks();
  for (auto question : late)
    if (auto i = questions_.find(question); i != questions_.end())
      tell(i->second.to.line, stage_late{i->second.to.ask});
}

} // namespace vpaas
