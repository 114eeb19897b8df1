#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace vpaas {

/// When a batch leaves: full, or its oldest item has waited long enough.
struct batch_limits {
  size_t max_items = 8; ///< beyond it a processor gains nothing (cache)
  std::chrono::nanoseconds max_delay = std::chrono::milliseconds(20);
};

/// Collects items into batches; an item may count for several, such as a frame
/// with its crops. Holds no clock: the caller passes `now`. What came while the
/// network was busy leaves as one batch, so under load batches fill by
/// themselves and the delay adds nothing.
template <class T, class TimePoint>
class batch_queue {
public:
  explicit batch_queue(batch_limits limits = {}) : limits_(limits) {
    // nop
  }

  void limit(batch_limits limits) {
    limits_ = limits;
  }

  /// @param weight items that it counts for, at least 1
  void push(T item, size_t weight, TimePoint now) {
    weight = std::max<size_t>(weight, 1);
    waiting_ += weight;
    items_.push_back({std::move(item), weight, now});
  }

  /// Items that wait, by weight.
  size_t waiting() const {
    return waiting_;
  }

  bool empty() const {
    return items_.empty();
  }

  bool ready(TimePoint now) const {
    return !items_.empty() && (waiting_ >= limits_.max_items || now >= *due());
  }

  /// When the oldest item has waited long enough; nothing where none waits.
  std::optional<TimePoint> due() const {
    if (items_.empty())
      return std::nullopt;
    return items_.front().since + limits_.max_delay;
  }

  /// Hands over the oldest items, up to the limit, and at least one: an item
  /// that is heavier than the limit leaves alone.
  std::vector<T> take() {
    std::vector<T> result;
    size_t weight = 0;
    while (!items_.empty()
           && (result.empty()
               || weight + items_.front().weight <= limits_.max_items)) {
      weight += items_.front().weight;
      result.push_back(std::move(items_.front().value));
      items_.pop_front();
    }
    waiting_ -= weight;
    return result;
  }

private:
  struct entry {
    T value;
    size_t weight;
    TimePoint since;
  };

  batch_limits limits_;
  std::deque<entry> items_;
  size_t waiting_ = 0;
};

} // namespace vpaas
