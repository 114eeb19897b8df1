#pragma once

#include <caf/timespan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace vpaas {

struct credit_config {
  /// The queueing delay that a transfer may add. RFC 6817 allows 100 ms; small
  /// requests wait behind it.
  caf::timespan target = std::chrono::milliseconds(60);
  uint64_t min_window = 4ull * 1024;        ///< bytes
  uint64_t initial_window = 32ull * 1024;   ///< bytes
  uint64_t max_window = 8ull * 1024 * 1024; ///< bytes; bounds the memory
  uint32_t min_slice = 2 * 1024;            ///< bytes, at most min_window
  uint32_t max_slice = 64 * 1024;           ///< bytes
  /// A slice is what the link carries in this time.
  caf::timespan slice_time = std::chrono::milliseconds(15);
  /// For how long a minimum of the round trip is believed.
  caf::timespan base_age = std::chrono::seconds(30);
};

/// How many bytes may be on their way: a delay-based controller after LEDBAT
/// (RFC 6817). It grows while the round trip stays within `target` of its
/// minimum, and shrinks beyond: so the queue stays short whoever owns it, this
/// host's socket or a router. Times are on one clock.
///
/// Two departures, both from LEDBAT++ (draft-irtf-iccrg-ledbat-plus-plus):
/// shrinking is multiplicative, once a round trip; and the minimum is measured
/// anew every `base_age` with an empty path, for a window that never empties
/// would take its own queue for the path.
class credit_window {
public:
  explicit credit_window(credit_config cfg = {});

  /// Bytes that may be unacknowledged; 0 while the path is being emptied.
  uint64_t window() const;

  /// How long the next slice is to be, bytes.
  uint32_t slice_bytes() const;

  /// Tells that `bytes` were acknowledged `rtt` after they were sent.
  /// @param in_flight unacknowledged bytes, these included
  void on_ack(uint64_t bytes, caf::timespan rtt, uint64_t in_flight,
              caf::timespan now);

  /// Tells that something left the path without an acknowledgement.
  /// @param left unacknowledged bytes that are still on it
  void on_gone(uint64_t left);

  /// Tells that an acknowledgement did not come.
  void on_timeout();

  /// The shortest round trip that is believed, 0 before the first.
  caf::timespan min_rtt() const {
    return base_;
  }

  /// Bytes a second that arrived while the window was the limit, smoothed; 0
  /// before the first measurement.
  double rate() const {
    return rate_;
  }

private:
  enum class mode { normal, emptying, measuring };

  void measure_base(caf::timespan rtt, uint64_t left, caf::timespan now);

  void measure_rate(uint64_t bytes, bool limited, caf::timespan rtt,
                    caf::timespan now);

  void adapt(uint64_t bytes, bool limited, caf::timespan now);

  credit_config cfg_;
  mode mode_ = mode::measuring; // the first slice goes alone
  double window_;
  bool slow_start_ = true;
  caf::timespan base_{0};
  caf::timespan base_at_{0};
  std::array<caf::timespan, 4> recent_{}; // CURRENT_FILTER of RFC 6817: minimum
  size_t samples_ = 0;
  caf::timespan next_decrease_{0};
  double rate_ = 0;
  uint64_t counted_ = 0; // bytes since counting_from_
  caf::timespan counting_from_{0};
};

} // namespace vpaas
