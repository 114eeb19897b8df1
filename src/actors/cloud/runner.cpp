#include "actors/cloud/runner.hpp"

#include "runtime/pipeline/kinds.hpp"
#include "runtime/policy/cloud_book.hpp"

#include <algorithm>
#include <utility>

//           bytes are here,   .------ a step after the other -----.
//   apply   nobody is before  v                                   |
//  -------> waiting -----> decoding | detecting | filtering ------'--> answered
//              |                        |
//              '------------------------'--------> failed
//   no room, no bytes    error, death or silence of the neighbour

namespace vpaas {

namespace {

/// An error of ours stays what it is; one of CAF's tells of a neighbour, and
/// becomes one that tells the fog what to do.
caf::error explain(part_phase phase, const std::string& part,
                   const caf::error& x) {
  if (x.category() == caf::atom("vpaas") && x != ec::not_found)
    return x;
  auto code = ec::cloud_down;
  auto cause = describe(x);
  if (x == caf::sec::request_timeout) {
    code = ec::deadline;
    cause = "no answer in time";
  } else if (phase == part_phase::detecting && x == caf::sec::runtime_error) {
    code = ec::inference; // the pool lost worker after worker over it
  }
  return caf::make_error(code, "failed while " + to_string(phase) + " " + part
                                 + ": " + cause + "; use the backup detector");
}

/// What was asked is a step of this visit.
template <class Sent>
void hear(runner_state::pointer self, uint64_t ticket, Sent sent) {
  sent.then([=](item& x) { self->state.stepped(ticket, x); },
            [=](const caf::error& x) { self->state.fail(ticket, x); });
}

} // namespace

runner_state::runner_state(pointer self) : self(self) {
  // nop
}

runner_state::~runner_state() {
  for (auto& [ticket, x] : visits)
    x.reply.deliver(caf::make_error(ec::cloud_down, "failed to answer " + x.name
                                                      + ": the runner ended"));
}

caf::typed_response_promise<item> runner_state::apply(const item& x) {
  auto promise = self->make_response_promise<item>();
  auto ticket = ++last_ticket;
  ++counters.submitted;
  auto* in = part_in(x);
  if (in)
    abandon(in->stream, in->epoch);
  auto key = in ? in->stream + ", chunk " + std::to_string(in->seq) + "."
                    + std::to_string(in->part)
                : x.kind + " " + std::to_string(x.seq) + " of " + x.stream;
  auto full = visits.size() >= cfg.capacity;
  visit added;
  added.reply = promise;
  added.stream = in ? in->stream : x.stream;
  added.live = in && in->live;
  added.epoch = in ? in->epoch : 0;
  added.name = std::move(key);
  added.since = self->clock().now();
  if (in) {
    added.todo = book.todo_for(x, *in);
    added.work.stream = in->stream;
  }
  visits.emplace(ticket, std::move(added));
  if (in && outdated(in->stream, in->epoch))
    fail(ticket, caf::make_error(ec::cancelled, "its connection was lost"));
  else if (!in)
    fail(ticket, caf::make_error(ec::bad_input,
                                 "failed to answer it: it holds no chunk; "
                                 "send what an encoder answers"));
  else if (full)
    fail(ticket, caf::make_error(ec::overload, "failed to take a part: too "
                                               "many are under way; send "
                                               "less"));
  else
    begin(ticket, *in);
  return promise;
}

caf::error runner_state::deliver(const delivery& x) {
  if (auto refused = lines.deliver(x, self->clock().now()))
    return refused;
  advance(stream_of(x.key));
  set_alarm();
  return caf::none;
}

caf::result<document> runner_state::configure(const document& changes) {
  auto checked = check_changes(runner_spec().parameters, parameters, changes,
                               name);
  if (!checked)
    return checked.error();
  parameters = std::move(*checked);
  cfg = config_of(parameters);
  lines.limit(cfg.lines);
  book.limit(cfg.kept);
  return parameters;
}

void runner_state::forget(const caf::down_msg& x) {
  counters.lost += around->forget(x).empty() ? 0 : 1;
  asked.forget(self, x);
}

// -- the steps of a part ------------------------------------------------------

void runner_state::begin(uint64_t ticket, const chunk& x) {
  auto before = lines.push(ticket, x, self->clock().now());
  if (!before)
    return fail(ticket, before.error());
  if (*before) {
    ++counters.replaced;
    fail(**before,
         caf::make_error(ec::cancelled, "the same part came once more"));
  }
  advance(x.stream);
  set_alarm();
}

void runner_state::advance(const std::string& stream) {
  for (auto& x : lines.take(stream)) {
    auto live = visits.at(x.ticket).live;
    auto who = desks.decoder_of(x.part, cfg.decoders, cfg.capacity);
    desks.push(who, std::move(x), live);
    serve(who);
  }
}

void runner_state::serve(const std::string& decoder) {
  while (auto x = desks.next(decoder)) {
    auto i = visits.find(x->ticket);
    if (i == visits.end())
      continue; // it was given up meanwhile
    if (self->clock().now() - i->second.since > cfg.timeout) {
      fail(x->ticket, caf::make_error(caf::sec::request_timeout));
      continue;
    }
    desks.take_up(decoder);
    i->second.decoder = decoder;
    decode(std::move(*x));
  }
}

void runner_state::decode(part_lines::entry x) {
  auto& y = visits.at(x.ticket);
  wait.record(self->clock().now() - x.since);
  counters.bytes += x.part.bytes.size();
  for (auto& f : x.part.frames)
    y.work.frames.push_back(f.number);
  auto stream = x.part.stream;
  auto seq = x.part.seq;
  y.work.made[""] = make_item(stream, seq, std::move(x.part));
  run(x.ticket);
}

void runner_state::run(uint64_t ticket) {
  auto& x = visits.at(ticket);
  if (x.at == x.todo->size())
    return answer(ticket);
  auto& step = (*x.todo)[x.at];
  auto input = book.input_of(x.work, step);
  if (!input)
    return fail(ticket, input.error());
  if (step.function == "detector")
    return ask_pool(ticket, cfg.detectors, std::move(*input));
  ask_function(ticket, step, std::move(*input));
}

void runner_state::stepped(uint64_t ticket, item& made) {
  caf::timespan took;
  auto x = arrived(ticket, took);
  if (!x)
    return;
  auto& step = (*x->todo)[x->at++];
  if (x->phase == part_phase::decoding) {
    x->decoding += took;
    decoding.record(took);
  } else if (x->phase == part_phase::detecting) {
    x->detecting += took;
    detecting.record(took);
  }
  release(*x);
  if (auto* found = made.value.get<detections>())
    counters.frames += found->frames.size();
  book.note(x->work, step, std::move(made));
  run(ticket);
}

void runner_state::answer(uint64_t ticket) {
  auto& x = visits.at(ticket);
  auto& last = x.work.made[x.todo->empty() ? "" : x.todo->back().id];
  if (auto* in = last.value.get<chunk_answer>()) {
    auto out = *in;
    out.decoding = x.decoding;
    out.detecting = x.detecting;
    last = make_item(last.stream, last.seq, std::move(out));
  } else if (!is_answer(last.kind)) {
    return fail(ticket,
                caf::make_error(ec::bad_config,
                                "failed to answer " + x.name + ": " + last.kind
                                  + " is no answer about frames; name "
                                    "another last stage"));
  }
  ++counters.answered;
  x.reply.deliver(std::move(last));
  leave(ticket);
}

void runner_state::fail(uint64_t ticket, const caf::error& reason) {
  auto i = visits.find(ticket);
  if (i == visits.end()) {
    ++counters.late;
    return;
  }
  auto& x = i->second;
  auto told = explain(x.phase, x.name, reason);
  ++counters.failed;
  counters.rejected += x.phase == part_phase::waiting && told == ec::overload;
  counters.last_problem = describe(told);
  x.reply.deliver(std::move(told));
  leave(ticket);
}

void runner_state::expire() {
  for (auto& x : lines.expire(self->clock().now())) {
    ++counters.expired;
    fail(x.ticket,
         caf::make_error(ec::deadline, "failed to answer "
                                         + visits.at(x.ticket).name
                                         + ": its bytes did not come; use the "
                                           "backup detector"));
    advance(x.part.stream);
  }
  set_alarm();
}

void runner_state::abandon(const std::string& stream, uint64_t epoch) {
  std::set<uint64_t> old;
  auto with_detectors = false;
  for (auto& [ticket, x] : visits)
    if (x.stream == stream && x.epoch < epoch) {
      old.insert(ticket);
      with_detectors |= x.phase == part_phase::detecting;
    }
  if (old.empty())
    return;
  lines.withdraw(old);
  counters.abandoned += old.size();
  for (auto ticket : old)
    fail(ticket, caf::make_error(ec::cancelled, "its connection was lost"));
  if (with_detectors)
    around->find(cfg.detectors, [self = self, stream](const auto& found) {
      if (found)
        caf::anon_send(caf::actor_cast<pool_actor>(*found), cancel_atom_v,
                       stream);
    });
}

// -- verbs of the above -------------------------------------------------------

runner_state::visit& runner_state::enter(uint64_t ticket, part_phase next) {
  auto& x = visits.at(ticket);
  x.phase = next;
  x.since = self->clock().now();
  return x;
}

void runner_state::ask_function(uint64_t ticket, const errand_step& step,
                                item input) {
  auto is_part = input.value.get<chunk>() != nullptr;
  auto& x = enter(ticket,
                  is_part ? part_phase::decoding : part_phase::filtering);
  auto who = is_part && step.function == "chunk_decoder" ? x.decoder
             : step.function == "region_filter"          ? cfg.filter
                                                         : step.function;
  if (auto known = around->get<function_actor>(who))
    return apply_at(ticket, known, input, step.options);
  around->find(who, [self = self, ticket, who,
                     input](const caf::expected<caf::actor>& found) {
    auto& st = self->state;
    if (!found && found.error() == ec::not_found && st.visits.count(ticket) > 0)
      st.ask_pool(ticket, who + "s", input);
    else
      st.go_on(ticket, found);
  });
}

void runner_state::apply_at(uint64_t ticket, const function_actor& to,
                            const item& input, const document& options) {
  if (options.value().empty())
    hear(self, ticket, asked.send(self, to, cfg.timeout, apply_atom_v, input));
  else
    hear(self, ticket,
         asked.send(self, to, cfg.timeout, apply_atom_v, input, options));
}

void runner_state::ask_pool(uint64_t ticket, const std::string& who,
                            item input) {
  auto& x = enter(ticket, part_phase::detecting);
  auto longest = x.live ? cfg.deadline : cloud_book::most_caps * cfg.deadline;
  job work{std::move(input), static_cast<uint8_t>(x.live ? 1 : 0), longest};
  auto known = around->get<pool_actor>(who);
  if (!known)
    return around->find(
      who, [self = self, ticket](const caf::expected<caf::actor>& found) {
        self->state.go_on(ticket, found);
      });
  hear(self, ticket,
       asked.send(self, known, cfg.timeout, submit_atom_v, std::move(work)));
}

// Whom the node found is known from now on.
void runner_state::go_on(uint64_t ticket,
                         const caf::expected<caf::actor>& found) {
  if (!found)
    fail(ticket, found.error());
  else if (visits.count(ticket) > 0)
    run(ticket);
}

runner_state::visit* runner_state::arrived(uint64_t ticket,
                                           caf::timespan& took) {
  auto i = visits.find(ticket);
  if (i == visits.end()) {
    ++counters.late;
    return nullptr;
  }
  took = self->clock().now() - i->second.since;
  return &i->second;
}

bool runner_state::outdated(const std::string& stream, uint64_t epoch) const {
  return std::any_of(visits.begin(), visits.end(), [&](const auto& x) {
    return x.second.stream == stream && x.second.epoch > epoch;
  });
}

void runner_state::release(visit& x) {
  if (auto decoder = std::exchange(x.decoder, {}); !decoder.empty()) {
    desks.lay_down(decoder);
    serve(decoder);
  }
}

void runner_state::leave(uint64_t ticket) {
  auto x = visits.extract(ticket);
  release(x.mapped());
}

void runner_state::set_alarm() {
  if (auto due = lines.next_due())
    clock.set(self, *due, [this] { expire(); });
}

runner_actor::behavior_type runner(runner_state::pointer self,
                                   document parameters, caf::actor node) {
  auto& st = self->state;
  st.parameters = std::move(parameters);
  st.cfg = config_of(st.parameters);
  st.lines.limit(st.cfg.lines);
  st.book.limit(st.cfg.kept);
  st.around.emplace(self, node);
  self->set_down_handler([self](caf::down_msg& x) { self->state.forget(x); });
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop: it looks for its neighbours when it needs them
    },
    [self](apply_atom, const item& x) { return self->state.apply(x); },
    [self](apply_atom, const item& x, const document&) {
      return self->state.apply(x); // the options of its steps come with it
    },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [](describe_atom) { return runner_spec(); },
    [self](deliver_atom, const delivery& x) -> caf::result<void> {
      if (auto refused = self->state.deliver(x))
        return refused;
      return caf::unit;
    },
  };
}

} // namespace vpaas
