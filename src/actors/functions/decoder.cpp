#include "actors/functions/decoder.hpp"

#include "actors/stopwatch.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

decoder_config config_of(const document& x) {
  return {x.get<uint64_t>("every"), x.get<int>("threads"), x.get<bool>("skip")};
}

keyframe_store::limits limits_of(const document& x) {
  return {x.get<size_t>("pixel_memory"), x.get<size_t>("segment_memory")};
}

} // namespace

function_spec decoder_function::spec() {
  function_spec result;
  result.name = "decoder";
  result.input = segment::type_name;
  result.output = keyframes::type_name;
  result.blocks = true;
  result.per_stream = true;
  result.help = "decodes a stream once and hands on its keyframes";
  result.parameters = {
    integer("every", 15, 1, 1e6, "a keyframe is one of so many frames (VI-B)"),
    integer("threads", 1, 1, 64, "of one stream; 1 adds no delay"),
    flag("skip", true, "leave out pictures that no keyframe needs"),
    size("pixel_memory", "256MiB", 0, 1e12, "for keyframes until released"),
    size("segment_memory", "64MiB", 1 << 20, 1e12,
         "for what keyframes are decoded from again")};
  return result;
}

decoder_function::decoder_function(caf::scheduled_actor*,
                                   const document& parameters)
  : config_(config_of(parameters)), pictures_(config_),
    store_(limits_of(parameters), config_),
    most_coded_(limits_of(parameters).segment_bytes) {
  // nop
}

caf::expected<item> decoder_function::apply(const item& x, const document&) {
  auto& in = *x.value.get<segment>();
  if (stream_.empty())
    stream_ = in.stream;
  if (in.stream != stream_)
    return caf::make_error(
      ec::bad_input, "failed to decode segment " + std::to_string(in.number)
                       + " of " + in.stream + ": this decoder belongs to "
                       + stream_ + "; have one for each stream");
  stopwatch running{time_};
  ++counters.segments;
  counters.bytes += in.bytes.size();
  store_.add(in);
  remember(in);
  auto out = pictures_.decode(in);
  if (in.last) {
    auto rest = pictures_.finish();
    out.frames.insert(out.frames.end(), rest.frames.begin(), rest.frames.end());
    out.lost.insert(out.lost.end(), rest.lost.begin(), rest.lost.end());
  }
  for (auto& f : out.frames)
    store_.add(f);
  if (out.problem)
    counters.last_problem = describe(out.problem);
  return make_item(stream_, in.number,
                   keyframes{stream_, std::move(out.frames),
                             std::move(out.lost), std::move(out.problem),
                             recent_});
}

// A picture comes out with its own segment or the next one. What no bound would
// hold is forgotten until the next intra frame.
void decoder_function::remember(const segment& x) {
  auto old = [&](auto& y) { return y->number + 1 < x.number; };
  recent_.erase(std::remove_if(recent_.begin(), recent_.end(), old),
                recent_.end());
  if (x.part > 0 && recent_.empty())
    return;
  recent_.push_back(std::make_shared<const segment>(x));
  size_t bytes = 0;
  for (auto& y : recent_)
    bytes += y->bytes.size();
  if (bytes > most_coded_)
    recent_.clear();
}

caf::error decoder_function::configure(const document& from,
                                       const document& to) {
  for (auto* fixed : {"every", "threads", "skip"})
    if (from.value().at(fixed) != to.value().at(fixed))
      return caf::make_error(ec::bad_config,
                             std::string{"decoder: "} + fixed
                               + " cannot change while it runs; start "
                                 "another one");
  store_.set(limits_of(to));
  most_coded_ = limits_of(to).segment_bytes;
  return caf::none;
}

caf::expected<item> decoder_function::fetch(uint64_t number) {
  stopwatch running{fetch_time_};
  auto x = store_.get(number);
  if (!x)
    return std::move(x.error());
  return make_item(stream_, number,
                   keyframes{stream_, {std::move(*x)}, {}, {}});
}

caf::expected<item>
decoder_function::decode_apart(const std::vector<segment>& parts) {
  stopwatch running{fetch_time_};
  decoder apart{config_};
  keyframes out;
  auto take = [&out](auto x) {
    out.frames.insert(out.frames.end(), x.frames.begin(), x.frames.end());
    out.lost.insert(out.lost.end(), x.lost.begin(), x.lost.end());
    if (x.problem)
      out.problem = std::move(x.problem);
  };
  for (auto& x : parts) {
    take(apart.decode(x));
    out.coded.push_back(std::make_shared<const segment>(x));
  }
  take(apart.finish());
  out.stream = parts.empty() ? stream_ : parts.front().stream;
  return make_item(out.stream, parts.empty() ? 0 : parts.front().number,
                   std::move(out));
}

void decoder_function::release(uint64_t number) {
  store_.release(number);
}

decoder_status decoder_function::status() const {
  auto x = counters;
  x.time = time_.summary();
  x.fetch_time = fetch_time_.summary();
  x.decoded = pictures_.counters();
  x.store = store_.counters();
  return x;
}

decoder_actor::behavior_type
stream_decoder(function_state<decoder_function, decoder_actor>::pointer self,
               document parameters) {
  auto result = [](caf::expected<item> x) -> caf::result<item> {
    if (!x)
      return std::move(x.error());
    return std::move(*x);
  };
  return function_behavior<decoder_function, decoder_actor>(
    self, std::move(parameters),
    [self, result](fetch_atom, uint64_t number) {
      return result(self->state.impl->fetch(number));
    },
    [self, result](fetch_atom, const std::vector<segment>& parts) {
      return result(self->state.impl->decode_apart(parts));
    },
    [self](release_atom, uint64_t number) {
      self->state.impl->release(number);
    });
}

} // namespace vpaas
