#pragma once

#include "runtime/fields.hpp"

#include <caf/timespan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace vpaas {

/// What a status says of a distribution of durations, in whole microseconds.
struct latency {
  uint64_t count = 0;
  caf::timespan p50{0};
  caf::timespan p95{0};
  caf::timespan p99{0};
  caf::timespan max{0};

  static constexpr auto type_name = "latency";

  static constexpr auto fields() {
    using self = latency;
    return std::make_tuple(field("count", &self::count),
                           field("p50", &self::p50), field("p95", &self::p95),
                           field("p99", &self::p99), field("max", &self::max));
  }
};

/// The distribution of any number of durations in 7.5 KiB: sixteen buckets an
/// octave, from 1 ns on. Recording costs a few nanoseconds.
class histogram {
public:
  /// Counts `x`; a negative duration counts as 0.
  void record(caf::timespan x);

  /// The `p`-quantile by nearest rank, p in [0, 1]: exact below 32 ns and at
  /// the maximum, else within 3.2 % of the duration of that rank. 0 where
  /// nothing was recorded.
  caf::timespan quantile(double p) const;

  latency summary() const;

private:
  static constexpr size_t per_octave = 16;
  static constexpr size_t bucket_count = per_octave * 60; // up to 2^63 ns

  std::array<uint64_t, bucket_count> buckets_{};
  uint64_t count_ = 0;
  caf::timespan max_{0};
};

} // namespace vpaas
