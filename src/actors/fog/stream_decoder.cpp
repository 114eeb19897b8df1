#include "actors/fog/stream_decoder.hpp"

#include "actors/fog/stopwatch.hpp"
#include "messages/report.hpp"

#include <utility>

namespace vpaas {

namespace {

decoder_config config_of(const document& x) {
  return {x.get<uint64_t>("every"), x.get<int>("threads"), x.get<bool>("skip")};
}

keyframe_store::limits limits_of(const document& x) {
  return {x.get<size_t>("pixel_memory"), x.get<size_t>("segment_memory")};
}

caf::error refuse(const item& x, const std::string& cause) {
  return caf::make_error(ec::bad_input, "failed to decode " + x.kind + " "
                                          + std::to_string(x.seq) + " of "
                                          + x.stream + ": " + cause);
}

} // namespace

function_spec decoder_spec() {
  function_spec result;
  result.name = "decoder";
  result.input = segment::type_name;
  result.output = keyframes::type_name;
  result.blocks = true;
  result.help = "decodes a stream once and hands on its keyframes";
  result.parameters = {
    integer("every", 15, 1, 1e6, "a keyframe is one of so many frames (VI-B)"),
    integer("threads", 1, 1, 64, "of one stream; 1 adds no delay"),
    flag("skip", true, "leave out pictures that no keyframe needs"),
    size("pixel_memory", "256MiB", 0, 1e12, "for keyframes until released"),
    size("segment_memory", "256MiB", 1 << 20, 1e12,
         "for what keyframes are decoded from again")};
  return result;
}

stream_decoder_state::stream_decoder_state(
  decoder_actor::stateful_pointer<stream_decoder_state> self)
  : self(self) {
  // nop
}

caf::result<item> stream_decoder_state::apply(const item& x) {
  auto* in = x.value.get<segment>();
  if (!in)
    return refuse(x, "it holds no segment; send segments of one stream");
  if (stream.empty())
    stream = in->stream;
  if (in->stream != stream)
    return refuse(x, "this decoder belongs to " + stream
                       + "; have one for each stream");
  stopwatch running{time};
  ++counters.segments;
  counters.bytes += in->bytes.size();
  store->add(*in);
  auto out = pictures->decode(*in);
  if (in->last) {
    auto rest = pictures->finish();
    out.frames.insert(out.frames.end(), rest.frames.begin(), rest.frames.end());
    out.lost.insert(out.lost.end(), rest.lost.begin(), rest.lost.end());
  }
  for (auto& f : out.frames)
    store->add(f);
  if (out.problem)
    counters.last_problem = describe(out.problem);
  return make_item(stream, in->number,
                   keyframes{stream, std::move(out.frames), std::move(out.lost),
                             std::move(out.problem)});
}

caf::result<document> stream_decoder_state::configure(const document& x) {
  auto checked = check_changes(decoder_spec().parameters, parameters, x,
                               "decoder");
  if (!checked)
    return checked.error();
  for (auto* fixed : {"every", "threads", "skip"})
    if (checked->value().at(fixed) != parameters.value().at(fixed))
      return caf::make_error(ec::bad_config,
                             std::string{"decoder: "} + fixed
                               + " cannot change while it runs; start "
                                 "another one");
  parameters = std::move(*checked);
  store->set(limits_of(parameters));
  return parameters;
}

caf::result<item> stream_decoder_state::fetch(uint64_t number) {
  stopwatch running{fetch_time};
  auto x = store->get(number);
  if (!x)
    return x.error();
  return make_item(stream, number, keyframes{stream, {std::move(*x)}, {}, {}});
}

caf::result<item>
stream_decoder_state::decode_apart(const std::vector<segment>& parts) {
  stopwatch running{fetch_time};
  decoder apart{config_of(parameters)};
  keyframes out;
  auto take = [&out](auto x) {
    out.frames.insert(out.frames.end(), x.frames.begin(), x.frames.end());
    out.lost.insert(out.lost.end(), x.lost.begin(), x.lost.end());
    if (x.problem)
      out.problem = std::move(x.problem);
  };
  for (auto& x : parts)
    take(apart.decode(x));
  take(apart.finish());
  out.stream = parts.empty() ? stream : parts.front().stream;
  return make_item(out.stream, parts.empty() ? 0 : parts.front().number,
                   std::move(out));
}

void stream_decoder_state::release(uint64_t number) {
  store->release(number);
}

status_report stream_decoder_state::status() const {
  auto x = counters;
  x.time = time.summary();
  x.fetch_time = fetch_time.summary();
  x.decoded = pictures->counters();
  x.store = store->counters();
  return report(self, "ready", x);
}

decoder_actor::behavior_type
stream_decoder(decoder_actor::stateful_pointer<stream_decoder_state> self,
               document parameters) {
  auto& st = self->state;
  st.parameters = std::move(parameters);
  st.pictures.emplace(config_of(st.parameters));
  st.store.emplace(limits_of(st.parameters), config_of(st.parameters));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // A codec is opened with its first segment.
    },
    [self](apply_atom, const item& x) { return self->state.apply(x); },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [](describe_atom) { return decoder_spec(); },
    [self](fetch_atom, uint64_t number) { return self->state.fetch(number); },
    [self](fetch_atom, const std::vector<segment>& parts) {
      return self->state.decode_apart(parts);
    },
    [self](release_atom, uint64_t number) { self->state.release(number); },
  };
}

} // namespace vpaas
