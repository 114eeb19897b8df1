#include "actors/cloud/load_balancer.hpp"

#include "messages/report.hpp"

#include <algorithm>
#include <utility>

//           bytes are here,
//   apply   nobody is before it
//  -------> waiting ---> decoding ---> detecting ---> filtering ---> answered
//              |            |              |              |
//              '------------'--------------'--------------'--------> failed
//   no room, no bytes    error, death or silence of the neighbour

namespace vpaas {

namespace {

/// What a decoder works on, and what it takes up next.
constexpr size_t parts_at_decoder = 2;

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

} // namespace

load_balancer_state::load_balancer_state(pointer self) : self(self) {
  // nop
}

load_balancer_state::~load_balancer_state() {
  for (auto& [ticket, x] : visits)
    x.reply.deliver(
      caf::make_error(ec::cloud_down, "failed to answer " + x.name
                                        + ": the load balancer ended"));
}

caf::typed_response_promise<item> load_balancer_state::apply(const item& x) {
  auto promise = self->make_response_promise<item>();
  auto ticket = ++last_ticket;
  ++counters.submitted;
  auto* in = x.value.get<chunk>();
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

caf::error load_balancer_state::deliver(const delivery& x) {
  if (auto refused = lines.deliver(x, self->clock().now()))
    return refused;
  advance(stream_of(x.key));
  set_alarm();
  return caf::none;
}

caf::result<document> load_balancer_state::configure(const document& changes) {
  auto checked = check_changes(load_balancer_spec().parameters, parameters,
                               changes, name);
  if (!checked)
    return checked.error();
  parameters = std::move(*checked);
  cfg = config_of(parameters);
  lines.limit(cfg.lines);
  return parameters;
}

status_report load_balancer_state::status() const {
  auto x = counters;
  for (auto& [ticket, y] : visits) {
    x.waiting += y.phase == part_phase::waiting;
    x.decoding += y.phase == part_phase::decoding;
    x.detecting += y.phase == part_phase::detecting;
    x.filtering += y.phase == part_phase::filtering;
  }
  x.held_bytes = lines.bytes();
  x.deliveries = lines.came();
  x.claimed = lines.claimed();
  x.dropped = lines.dropped();
  x.unclaimed = lines.unclaimed();
  x.neighbours = around->size();
  x.wait = wait.summary();
  x.decoding_time = decoding.summary();
  x.detecting_time = detecting.summary();
  return report(self, "ready", x);
}

void load_balancer_state::forget(const caf::down_msg& x) {
  counters.lost += around->forget(x).empty() ? 0 : 1;
  asked.forget(self, x);
}

// -- the steps of a part ------------------------------------------------------

void load_balancer_state::begin(uint64_t ticket, const chunk& x) {
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

void load_balancer_state::advance(const std::string& stream) {
  for (auto& x : lines.take(stream)) {
    auto& part = visits.at(x.ticket);
    auto who = decoder_of(x.part);
    desks[who].line.push(std::move(x), part.live);
    serve(who);
  }
}

void load_balancer_state::serve(const std::string& decoder) {
  auto& at = desks[decoder];
  while (at.busy < parts_at_decoder && !at.line.empty()) {
    auto x = at.line.take();
    auto i = visits.find(x.ticket);
    if (i == visits.end())
      continue; // it was given up meanwhile
    if (self->clock().now() - i->second.since > cfg.timeout) {
      fail(x.ticket, caf::make_error(caf::sec::request_timeout));
      continue;
    }
    ++at.busy;
    i->second.decoder = decoder;
    decode(std::move(x));
  }
}

void load_balancer_state::decode(part_lines::entry x) {
  auto ticket = x.ticket;
  wait.record(self->clock().now() - x.since);
  counters.bytes += x.part.bytes.size();
  auto who = visits.at(ticket).decoder;
  auto stream = x.part.stream;
  auto seq = x.part.seq;
  auto input = make_item(stream, seq, std::move(x.part));
  ask(ticket, part_phase::decoding, who,
      [self = self, ticket, input](const caf::actor& decoder) {
        auto& st = self->state;
        st.asked
          .send(self, caf::actor_cast<function_actor>(decoder), st.cfg.timeout,
                apply_atom_v, input)
          .then([self, ticket](item& y) { self->state.detect(ticket, y); },
                [self, ticket](const caf::error& e) {
                  self->state.fail(ticket, e);
                });
      });
}

void load_balancer_state::detect(uint64_t ticket, item& frames) {
  caf::timespan took;
  auto x = arrived(ticket, took);
  if (!x)
    return;
  x->decoding = took;
  decoding.record(took);
  release(*x);
  job work{std::move(frames), static_cast<uint8_t>(x->live ? 1 : 0),
           cfg.deadline};
  ask(ticket, part_phase::detecting, cfg.detectors,
      [self = self, ticket, work](const caf::actor& pool) {
        auto& st = self->state;
        st.asked
          .send(self, caf::actor_cast<pool_actor>(pool), st.cfg.timeout,
                submit_atom_v, work)
          .then([self, ticket](item& y) { self->state.filter(ticket, y); },
                [self, ticket](const caf::error& e) {
                  self->state.fail(ticket, e);
                });
      });
}

void load_balancer_state::filter(uint64_t ticket, item& found) {
  caf::timespan took;
  auto x = arrived(ticket, took);
  if (!x)
    return;
  x->detecting = took;
  detecting.record(took);
  if (auto* in = found.value.get<detections>())
    counters.frames += in->frames.size();
  ask(ticket, part_phase::filtering, cfg.filter,
      [self = self, ticket, found](const caf::actor& filter) {
        auto& st = self->state;
        st.asked
          .send(self, caf::actor_cast<function_actor>(filter), st.cfg.timeout,
                apply_atom_v, found)
          .then([self, ticket](item& y) { self->state.answer(ticket, y); },
                [self, ticket](const caf::error& e) {
                  self->state.fail(ticket, e);
                });
      });
}

void load_balancer_state::answer(uint64_t ticket, item& result) {
  caf::timespan took;
  auto x = arrived(ticket, took);
  if (!x)
    return;
  auto* in = result.value.get<chunk_answer>();
  if (!in)
    return fail(ticket, caf::make_error(ec::bad_config,
                                        "failed to answer " + x->name + ": "
                                          + cfg.filter
                                          + " answers no chunk_answer; name "
                                            "another filter"));
  auto out = *in;
  out.decoding = x->decoding;
  out.detecting = x->detecting;
  ++counters.answered;
  x->reply.deliver(make_item(result.stream, result.seq, std::move(out)));
  leave(ticket);
}

void load_balancer_state::fail(uint64_t ticket, const caf::error& reason) {
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

void load_balancer_state::expire() {
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

void load_balancer_state::abandon(const std::string& stream, uint64_t epoch) {
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
        self->send(caf::actor_cast<pool_actor>(*found), cancel_atom_v, stream);
    });
}

// -- verbs of the above -------------------------------------------------------

void load_balancer_state::ask(uint64_t ticket, part_phase next,
                              const std::string& who,
                              std::function<void(const caf::actor&)> send) {
  auto& x = visits.at(ticket);
  x.phase = next;
  x.since = self->clock().now();
  around->find(who, [self = self, ticket, send = std::move(send)](
                      const caf::expected<caf::actor>& found) {
    if (found)
      send(*found);
    else
      self->state.fail(ticket, found.error());
  });
}

load_balancer_state::visit* load_balancer_state::arrived(uint64_t ticket,
                                                         caf::timespan& took) {
  auto i = visits.find(ticket);
  if (i == visits.end()) {
    ++counters.late;
    return nullptr;
  }
  took = self->clock().now() - i->second.since;
  return &i->second;
}

bool load_balancer_state::outdated(const std::string& stream,
                                   uint64_t epoch) const {
  return std::any_of(visits.begin(), visits.end(), [&](const auto& x) {
    return x.second.stream == stream && x.second.epoch > epoch;
  });
}

void load_balancer_state::release(visit& x) {
  if (auto decoder = std::exchange(x.decoder, {}); !decoder.empty()) {
    --desks[decoder].busy;
    serve(decoder);
  }
}

void load_balancer_state::leave(uint64_t ticket) {
  auto x = visits.extract(ticket);
  release(x.mapped());
}

std::string load_balancer_state::decoder_of(const chunk& x) {
  if (decoding_at.size() > cfg.capacity)
    decoding_at.clear(); // of streams that went without an end
  auto i = decoding_at.find(x.stream);
  if (i == decoding_at.end() || x.part == 0) {
    auto n = std::hash<std::string>{}(x.stream) % cfg.decoders.size();
    i = decoding_at.insert_or_assign(x.stream, cfg.decoders[n]).first;
  }
  auto result = i->second;
  if (x.last)
    decoding_at.erase(i);
  return result;
}

void load_balancer_state::set_alarm() {
  if (auto due = lines.next_due())
    clock.set(self, *due, [this] { expire(); });
}

load_balancer_actor::behavior_type
load_balancer(load_balancer_state::pointer self, document parameters,
              caf::actor node) {
  auto& st = self->state;
  st.parameters = std::move(parameters);
  st.cfg = config_of(st.parameters);
  st.lines.limit(st.cfg.lines);
  st.around.emplace(self, node);
  self->set_down_handler([self](caf::down_msg& x) { self->state.forget(x); });
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop: it looks for its neighbours when it needs them
    },
    [self](apply_atom, const item& x) { return self->state.apply(x); },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [](describe_atom) { return load_balancer_spec(); },
    [self](deliver_atom, const delivery& x) -> caf::result<void> {
      if (auto refused = self->state.deliver(x))
        return refused;
      return caf::unit;
    },
  };
}

} // namespace vpaas
