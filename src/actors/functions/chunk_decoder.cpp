#include "actors/functions/chunk_decoder.hpp"

#include "actors/stopwatch.hpp"
#include "runtime/media/keyframes.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

function_spec chunk_decoder_function::spec() {
  function_spec result;
  result.name = "chunk_decoder";
  result.input = chunk::type_name;
  result.output = keyframes::type_name;
  result.blocks = true;
  result.per_stream = true;
  result.help = "decodes chunks of many streams";
  result.parameters
    = {integer("streams", 256, 1, 65536, "whose decoders are kept"),
       duration("idle", "1min", 1, 86400, "after which a decoder goes"),
       integer("threads", 1, 1, 64, "of one stream")};
  return result;
}

chunk_decoder_function::chunk_decoder_function(caf::scheduled_actor* self,
                                               const document& parameters)
  : self_(self), parameters_(parameters) {
  // nop
}

caf::expected<item> chunk_decoder_function::apply(const item& x,
                                                  const document&) {
  auto& in = *x.value.get<chunk>();
  stopwatch running{time_};
  auto frames = session_of(in.stream).pictures.decode(in);
  if (!frames)
    return std::move(frames.error());
  ++counters.parts;
  counters.frames += frames->size();
  counters.bytes += in.bytes.size();
  counters.damaged
    += std::count_if(frames->begin(), frames->end(),
                     [](const frame& f) { return f.info().damaged; });
  return make_item(x.stream, x.seq,
                   keyframes{in.stream, std::move(*frames), {}, {}});
}

caf::error chunk_decoder_function::configure(const document&,
                                             const document& to) {
  parameters_ = to;
  while (sessions_.size() > parameters_.get<size_t>("streams"))
    evict_oldest();
  return caf::none;
}

chunk_decoder_status chunk_decoder_function::status() const {
  auto x = counters;
  x.streams = sessions_.size();
  x.time = time_.summary();
  return x;
}

chunk_decoder_function::session&
chunk_decoder_function::session_of(const std::string& stream) {
  auto now = self_->clock().now();
  auto i = sessions_.find(stream);
  if (i == sessions_.end()) {
    if (sessions_.size() >= parameters_.get<size_t>("streams"))
      evict_oldest();
    chunk_decoder fresh{parameters_.get<int>("threads")};
    i = sessions_.emplace(stream, session{std::move(fresh), now}).first;
    clock_.set(self_, now + parameters_.get<caf::timespan>("idle"),
               [this] { expire(); });
  }
  i->second.used = now;
  return i->second;
}

void chunk_decoder_function::evict_oldest() {
  auto older = [](const auto& a, const auto& b) {
    return a.second.used < b.second.used;
  };
  sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(), older));
  ++counters.evicted;
}

void chunk_decoder_function::expire() {
  auto idle = parameters_.get<caf::timespan>("idle");
  auto now = self_->clock().now();
  auto next = alarm::time_point::max();
  for (auto i = sessions_.begin(); i != sessions_.end();) {
    auto due = i->second.used + idle;
    counters.expired += due <= now;
    next = due <= now ? next : std::min(next, due);
    i = due <= now ? sessions_.erase(i) : std::next(i);
  }
  if (!sessions_.empty())
    clock_.set(self_, next, [this] { expire(); });
}

} // namespace vpaas
