#include "actors/cloud/cloud_decoder.hpp"

#include "actors/fog/stopwatch.hpp"
#include "messages/report.hpp"
#include "runtime/media/keyframes.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

function_spec cloud_decoder_spec() {
  function_spec result;
  result.name = "chunk_decoder";
  result.input = chunk::type_name;
  result.output = keyframes::type_name;
  result.blocks = true;
  result.help = "decodes chunks of many streams";
  result.parameters
    = {integer("streams", 256, 1, 65536, "whose decoders are kept"),
       duration("idle", "1min", 1, 86400, "after which a decoder goes"),
       integer("threads", 1, 1, 64, "of one stream")};
  return result;
}

cloud_decoder_state::cloud_decoder_state(
  function_actor::stateful_pointer<cloud_decoder_state> self)
  : self(self) {
  // nop
}

caf::result<item> cloud_decoder_state::apply(const item& x) {
  auto* in = x.value.get<chunk>();
  if (!in)
    return fail(caf::make_error(
      ec::bad_input, "failed to decode " + x.kind + " " + std::to_string(x.seq)
                       + " of " + x.stream
                       + ": it holds no chunk; send what an encoder answers"));
  stopwatch running{time};
  auto frames = session_of(in->stream).pictures.decode(*in);
  if (!frames)
    return fail(std::move(frames.error()));
  ++counters.parts;
  counters.frames += frames->size();
  counters.bytes += in->bytes.size();
  counters.damaged
    += std::count_if(frames->begin(), frames->end(),
                     [](const frame& f) { return f.info().damaged; });
  return make_item(x.stream, x.seq,
                   keyframes{in->stream, std::move(*frames), {}, {}});
}

caf::result<document> cloud_decoder_state::configure(const document& changes) {
  auto checked = check_changes(cloud_decoder_spec().parameters, parameters,
                               changes, name);
  if (!checked)
    return checked.error();
  parameters = std::move(*checked);
  while (sessions.size() > parameters.get<size_t>("streams"))
    evict_oldest();
  return parameters;
}

status_report cloud_decoder_state::status() const {
  auto x = counters;
  x.streams = sessions.size();
  x.time = time.summary();
  return report(self, "ready", x);
}

caf::error cloud_decoder_state::fail(caf::error reason) {
  ++counters.failed;
  counters.last_problem = describe(reason);
  return reason;
}

cloud_decoder_state::session&
cloud_decoder_state::session_of(const std::string& stream) {
  auto now = self->clock().now();
  auto i = sessions.find(stream);
  if (i == sessions.end()) {
    if (sessions.size() >= parameters.get<size_t>("streams"))
      evict_oldest();
    chunk_decoder fresh{parameters.get<int>("threads")};
    i = sessions.emplace(stream, session{std::move(fresh), now}).first;
    clock.set(self, now + parameters.get<caf::timespan>("idle"),
              [this] { expire(); });
  }
  i->second.used = now;
  return i->second;
}

void cloud_decoder_state::evict_oldest() {
  auto older = [](const auto& a, const auto& b) {
    return a.second.used < b.second.used;
  };
  sessions.erase(std::min_element(sessions.begin(), sessions.end(), older));
  ++counters.evicted;
}

void cloud_decoder_state::expire() {
  auto idle = parameters.get<caf::timespan>("idle");
  auto now = self->clock().now();
  auto next = alarm::time_point::max();
  for (auto i = sessions.begin(); i != sessions.end();) {
    auto due = i->second.used + idle;
    counters.expired += due <= now;
    next = due <= now ? next : std::min(next, due);
    i = due <= now ? sessions.erase(i) : std::next(i);
  }
  if (!sessions.empty())
    clock.set(self, next, [this] { expire(); });
}

function_actor::behavior_type
cloud_decoder(function_actor::stateful_pointer<cloud_decoder_state> self,
              document parameters) {
  self->state.parameters = std::move(parameters);
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // A stream's decoder is opened with its first chunk, whose codec it
      // needs.
    },
    [self](apply_atom, const item& x) { return self->state.apply(x); },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [](describe_atom) { return cloud_decoder_spec(); },
  };
}

} // namespace vpaas
