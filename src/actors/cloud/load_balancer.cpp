#include "actors/cloud/load_balancer.hpp"

#include "messages/report.hpp"

#include <functional>
#include <utility>

//           bytes are here,
//   apply   nobody is before it
//  -------> waiting ---> decoding ---> detecting ---> filtering ---> answered
//              |            |              |              |
//              '------------'--------------'--------------'--------> failed
//   no room, no bytes    error, death or silence of the neighbour

namespace vpaas {

namespace {

/// To find a sibling takes one message to the node and back.
constexpr auto resolve_timeout = std::chrono::seconds(5);

load_balancer_config config_of(const document& x) {
  load_balancer_config result;
  auto decoder = x.get<std::string>("decoder");
  for (int i = 1; i <= x.get<int>("decoders"); ++i)
    result.decoders.push_back(decoder + "-" + std::to_string(i));
  result.detectors = x.get<std::string>("detectors");
  result.filter = x.get<std::string>("filter");
  result.capacity = x.get<size_t>("capacity");
  result.lines.stream_parts = x.get<size_t>("stream_capacity");
  result.lines.bytes = x.get<uint64_t>("memory");
  result.lines.patience = x.get<caf::timespan>("patience");
  result.deadline = x.get<caf::timespan>("deadline");
  result.timeout = x.get<caf::timespan>("timeout");
  return result;
}

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

function_spec load_balancer_spec() {
  function_spec result;
  result.name = "load_balancer";
  result.input = chunk::type_name;
  result.output = chunk_answer::type_name;
  result.help = "takes chunks to decoders, detectors and the region filter";
  result.parameters
    = {text("decoder", "chunk_decoder", "logical name, before -1, -2, ..."),
       integer("decoders", 1, 1, 1024, "how many there are"),
       text("detectors", "detectors", "logical name of their pool"),
       text("filter", "region_filter", "logical name"),
       integer("capacity", 1024, 1, 1e6, "parts that are not answered yet"),
       integer("stream_capacity", 64, 1, 1e6, "parts that wait, of a stream"),
       size("memory", "256MiB", 1 << 16, 1e12, "for bytes that wait"),
       duration("patience", "10s", 0.01, 3600, "until a part's bytes come"),
       duration("deadline", "10s", 0, 3600,
                "longest wait of a part for a detector; 0: any"),
       duration("timeout", "1min", 0.01, 3600, "of each step of a part")};
  return result;
}

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
  visits.emplace(ticket, visit{promise, in ? in->stream : x.stream,
                               in ? in->epoch : uint16_t{0}, std::move(key),
                               part_phase::waiting, self->clock().now()});
  if (!in)
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
  counters.lost += around->forget(x);
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
  for (auto& x : lines.take(stream))
    decode(std::move(x));
}

void load_balancer_state::decode(part_lines::entry x) {
  auto ticket = x.ticket;
  wait.record(self->clock().now() - x.since);
  counters.bytes += x.part.bytes.size();
  auto who = decoder_of(x.part.stream);
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
  job work{std::move(frames), 0, cfg.deadline};
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
  visits.erase(ticket);
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
  visits.erase(i);
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

void load_balancer_state::abandon(const std::string& stream, uint16_t epoch) {
  std::set<uint64_t> old;
  auto with_detectors = false;
  for (auto& [ticket, x] : visits)
    if (x.stream == stream && x.epoch != epoch) {
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

const std::string&
load_balancer_state::decoder_of(const std::string& stream) const {
  return cfg.decoders[std::hash<std::string>{}(stream) % cfg.decoders.size()];
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
  st.around.emplace(self, std::move(node), resolve_timeout);
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
