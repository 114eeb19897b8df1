#include "runtime/media/keyframe_store.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vpaas {

keyframe_store::keyframe_store(limits bounds, decoder_config config)
  : limits_(bounds), config_(config) {
  // nop
}

void keyframe_store::set(limits bounds) {
  limits_ = bounds;
  evict();
}

void keyframe_store::add(const segment& x) {
  counters_.compressed_bytes += x.bytes.size();
  segments_.push_back(x);
  while (counters_.compressed_bytes > limits_.segment_bytes
         && segments_.size() > 1) {
    auto& oldest = segments_.front();
    auto end = end_frame(oldest);
    while (!frames_.empty() && frames_.begin()->first < end) {
      ++counters_.forgotten;
      drop(frames_.begin());
    }
    drop_segment();
  }
}

void keyframe_store::add(const frame& x) {
  if (frames_.count(x.number()) == 0)
    ++counters_.keyframes;
  keep(x.number(), x);
}

caf::expected<frame> keyframe_store::get(uint64_t number) {
  auto i = frames_.find(number);
  if (i == frames_.end())
    return caf::make_error(ec::not_found,
                           "failed to find keyframe " + std::to_string(number)
                             + ": it was released or never came; ask for one "
                               "that is not answered yet");
  if (i->second)
    return i->second;
  return decode_again(number);
}

void keyframe_store::release(uint64_t number) {
  while (!frames_.empty() && frames_.begin()->first <= number)
    drop(frames_.begin());
  // The segment of the oldest keyframe stays from its intra frame on, and one
  // before it, which leading pictures of an open GOP are predicted from.
  auto oldest = frames_.empty() ? number + 1 : frames_.begin()->first;
  auto holder = holder_of(oldest);
  auto keep_from = holder != segments_.end() ? holder->number
                   : segments_.empty()       ? 0
                                             : segments_.back().number;
  while (!segments_.empty() && segments_.front().number + 1 < keep_from)
    drop_segment();
}

void keyframe_store::drop(std::map<uint64_t, frame>::iterator i) {
  counters_.pixel_bytes -= i->second.bytes();
  --counters_.keyframes;
  frames_.erase(i);
}

void keyframe_store::drop_segment() {
  counters_.compressed_bytes -= segments_.front().bytes.size();
  segments_.pop_front();
}

void keyframe_store::keep(uint64_t number, const frame& x) {
  auto& place = frames_[number];
  counters_.pixel_bytes += x.bytes() - place.bytes();
  place = x;
  evict();
}

void keyframe_store::evict() {
  for (auto i = frames_.rbegin();
       i != frames_.rend() && counters_.pixel_bytes > limits_.pixel_bytes;
       ++i) {
    if (!i->second)
      continue;
    counters_.pixel_bytes -= i->second.bytes();
    i->second = frame{};
    ++counters_.evicted;
  }
}

std::deque<segment>::const_iterator
keyframe_store::holder_of(uint64_t number) const {
  return std::find_if(segments_.begin(), segments_.end(), [&](auto& x) {
    return number >= x.first_frame && number < end_frame(x);
  });
}

caf::expected<frame> keyframe_store::decode_again(uint64_t number) {
  auto holder = holder_of(number);
  frame result;
  if (holder != segments_.end()) {
    auto starts = [&](uint64_t wanted) {
      return std::find_if(segments_.cbegin(), holder, [&](auto& x) {
        return x.number == wanted && x.part == 0;
      });
    };
    auto after = std::next(holder);
    // With the segment before it only where it is not enough by itself.
    if (decode_from(starts(holder->number), after, number, result)
        || decode_from(starts(holder->number - 1), after, number, result)) {
      ++counters_.decoded_again;
      keep(number, result);
      return result;
    }
  }
  return caf::make_error(ec::codec, "failed to decode keyframe "
                                      + std::to_string(number)
                                      + " again: its segment is not whole; "
                                        "go on without it");
}

// Keyframes that are decoded on the way to `number` and are still awaited are
// kept too, as far as there is room.
bool keyframe_store::decode_from(std::deque<segment>::const_iterator first,
                                 std::deque<segment>::const_iterator last,
                                 uint64_t number, frame& out) {
  decoder again{config_};
  auto take = [&](const decoded& x) {
    for (auto& f : x.frames)
      if (f.number() == number)
        out = f;
      else if (auto i = frames_.find(f.number());
               i != frames_.end() && !i->second
               && counters_.pixel_bytes + f.bytes() <= limits_.pixel_bytes)
        keep(f.number(), f);
  };
  for (auto i = first; i != last; ++i)
    take(again.decode(*i));
  take(again.finish());
  return out && !out.info().damaged;
}

} // namespace vpaas
