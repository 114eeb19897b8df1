#pragma once

#include "runtime/media/segment.hpp"

#include <cstddef>
#include <deque>

namespace vpaas {

struct queue_limits {
  size_t max_bytes = 32 << 20;
  size_t max_parts = 128;
};

/// What became of the frames of a source. At every moment
/// `received = forwarded + overflowed + incomplete + waiting`.
struct queue_counters {
  uint64_t received = 0;   ///< frames that were put in
  uint64_t forwarded = 0;  ///< of those, acknowledged by the receiver
  uint64_t overflowed = 0; ///< dropped: the receiver was too slow
  uint64_t incomplete = 0; ///< dropped: an earlier part of theirs was dropped
  uint64_t waiting = 0;
  uint64_t waiting_bytes = 0;

  static constexpr auto type_name = "queue_counters";

  static constexpr auto fields() {
    using self = queue_counters;
    return std::make_tuple(
      field("received", &self::received), field("forwarded", &self::forwarded),
      field("overflowed", &self::overflowed),
      field("incomplete", &self::incomplete), field("waiting", &self::waiting),
      field("waiting_bytes", &self::waiting_bytes));
  }
};

/// Segments between a source and a receiver that acknowledges each. A live
/// source that outruns the receiver loses whole segments, oldest first; the
/// part on its way to the receiver is never dropped. Pure.
class segment_queue {
public:
  explicit segment_queue(queue_limits limits);

  /// @param may_drop the source is live; else the caller stops at `full()`
  void push(segment x, bool may_drop);

  bool full() const;

  bool empty() const {
    return parts_.empty();
  }

  /// Returns the oldest part, which stays until it is acknowledged.
  /// @pre `!empty()`
  const segment& send();

  /// The receiver has everything up to `key`.
  void acknowledge(segment_key key);

  const queue_counters& counters() const {
    return counters_;
  }

private:
  bool drop_oldest();
  void take(const segment& x);

  queue_limits limits_;
  std::deque<segment> parts_;
  bool sent_ = false;   ///< the first part is on its way
  uint64_t broken_ = 0; ///< number of the last segment that was dropped
  queue_counters counters_;
};

} // namespace vpaas
