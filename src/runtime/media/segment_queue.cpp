#include "runtime/media/segment_queue.hpp"

#include <utility>

namespace vpaas {

segment_queue::segment_queue(queue_limits limits) : limits_(limits) {
  // nop
}

void segment_queue::push(segment x, bool may_drop) {
  counters_.received += x.packets.size();
  if (x.part > 0 && x.number == broken_) {
    counters_.incomplete += x.packets.size();
    return;
  }
  counters_.waiting += x.packets.size();
  counters_.waiting_bytes += x.bytes.size();
  parts_.push_back(std::move(x));
  while (may_drop
         && (parts_.size() > limits_.max_parts
             || counters_.waiting_bytes > limits_.max_bytes)
         && drop_oldest()) {
    // goes on until there is room
  }
}

bool segment_queue::full() const {
  return parts_.size() >= limits_.max_parts
         || counters_.waiting_bytes >= limits_.max_bytes;
}

const segment& segment_queue::send() {
  sent_ = true;
  return parts_.front();
}

void segment_queue::acknowledge(segment_key key) {
  while (!parts_.empty() && !(key < key_of(parts_.front()))) {
    counters_.forwarded += parts_.front().packets.size();
    take(parts_.front());
    parts_.pop_front();
    sent_ = false;
  }
}

// Drops what is left of the oldest segment, whatever of it is on its way.
bool segment_queue::drop_oldest() {
  auto first = parts_.begin() + (sent_ ? 1 : 0);
  if (first == parts_.end())
    return false;
  broken_ = first->number;
  auto last = first;
  for (; last != parts_.end() && last->number == broken_; ++last) {
    counters_.overflowed += last->packets.size();
    take(*last);
  }
  parts_.erase(first, last);
  return true;
}

void segment_queue::take(const segment& x) {
  counters_.waiting -= x.packets.size();
  counters_.waiting_bytes -= x.bytes.size();
}

} // namespace vpaas
