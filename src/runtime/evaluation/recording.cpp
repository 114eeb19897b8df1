#include "runtime/evaluation/recording.hpp"

#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"

#include <cmath>

namespace vpaas {

uint64_t recording::frames() const {
  uint64_t result = 0;
  for (auto& x : segments)
    result += frames_in(x);
  return result;
}

caf::expected<recording> record(const source_config& from,
                                uint64_t max_frames) {
  auto in = source::open(from);
  if (!in)
    return in.error();
  recording result;
  segmenter cutter{to_string(from.url), {}};
  cutter.restart(in->codec(), in->reorder_depth());
  uint64_t read = 0;
  for (; read < max_frames; ++read) {
    auto x = in->read();
    if (!x)
      return x.error();
    if (!*x)
      break;
    if (auto part = cutter.push(**x, {}))
      result.segments.push_back(std::move(*part));
  }
  if (auto rest = cutter.finish())
    result.segments.push_back(std::move(*rest));
  if (result.segments.empty())
    return caf::make_error(ec::bad_input, "failed to read "
                                            + to_string(from.url)
                                            + ": it has no frame; name a "
                                              "source with video");
  return result;
}

std::pair<uint64_t, uint64_t> keyframe_range::indices(uint64_t frames) const {
  auto all = (frames + every - 1) / every;
  auto at = [&](double share) {
    return uint64_t(std::llround(share * double(all)));
  };
  return {at(from), at(to)};
}

uint64_t original_bytes(const recording& x, const keyframe_range& range) {
  auto [first, last] = range.indices(x.frames());
  uint64_t result = 0;
  for (auto& part : x.segments) {
    auto number = part.first_frame;
    for (auto& p : part.packets) {
      auto index = number / range.every;
      if (index >= first && index < last)
        result += p.size;
      number += !p.hidden;
    }
  }
  return result;
}

caf::error show_keyframes(const recording& x, const keyframe_range& range,
                          const std::function<caf::error(const frame&)>& show) {
  auto [first, last] = range.indices(x.frames());
  decoder_config config;
  config.every = range.every;
  decoder pictures{config};
  auto hand_on = [&, first = first, last = last](decoded out) -> caf::error {
    if (!out.lost.empty() && range.whole)
      return out.problem ? out.problem
                         : caf::make_error(ec::codec, "a keyframe was lost");
    for (auto& f : out.frames)
      if (f.number() / range.every >= first && f.number() / range.every < last)
        if (auto err = show(f))
          return err;
    return caf::none;
  };
  for (auto& part : x.segments)
    if (auto err = hand_on(pictures.decode(part)))
      return err;
  return hand_on(pictures.finish());
}

} // namespace vpaas
