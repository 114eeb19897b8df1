#pragma once

#include "runtime/fields.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/parameter.hpp"

#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>

namespace vpaas {

/// What a run cost [VI-A].
struct run_cost {
  uint64_t keyframes = 0;
  /// The source's own compressed bytes for the same span of time.
  uint64_t bytes_original = 0;
  uint64_t bytes_to_cloud = 0; ///< what crossed the link, envelopes included
  uint64_t bytes_from_cloud = 0;
  /// Frames that the cloud's detector processed, which is what it bills: each
  /// keyframe once here, more than once with DDS, twice with CloudSeg.
  uint64_t cloud_frames = 0;
  double worker_seconds = 0; ///< that workers of the cloud were held for it

  static constexpr auto type_name = "run_cost";

  static constexpr auto fields() {
    using self = run_cost;
    return std::make_tuple(field("keyframes", &self::keyframes),
                           field("bytes_original", &self::bytes_original),
                           field("bytes_to_cloud", &self::bytes_to_cloud),
                           field("bytes_from_cloud", &self::bytes_from_cloud),
                           field("cloud_frames", &self::cloud_frames),
                           field("worker_seconds", &self::worker_seconds));
  }

  run_cost& operator+=(const run_cost& x);

  /// Cloud frames for a keyframe; 0 where there was none.
  double billed_per_keyframe() const;

  /// Bytes to the cloud for a byte of the original; 0 where there was none.
  double share_of_original() const;
};

/// What the cloud is paid, in any one currency.
struct cost_prices {
  double frame = 0.0015;    ///< one that a network of the cloud looked at
  double gb = 0;            ///< 10^9 bytes over the link, both ways
  double worker_second = 0; ///< of a worker that is held

  static constexpr auto type_name = "cost_prices";

  static constexpr auto fields() {
    using self = cost_prices;
    return std::make_tuple(field("frame", &self::frame), field("gb", &self::gb),
                           field("worker_second", &self::worker_second));
  }
};

/// The same as settings: their names, defaults and bounds.
parameter_specs price_settings();

cost_prices prices_of(const document& x);

/// A bill, item by item.
struct run_bill {
  double frames = 0, traffic = 0, workers = 0, total = 0;
  double per_1000_keyframes = 0; ///< 0 where there was none

  static constexpr auto type_name = "run_bill";

  static constexpr auto fields() {
    using self = run_bill;
    return std::make_tuple(
      field("frames", &self::frames), field("traffic", &self::traffic),
      field("workers", &self::workers), field("total", &self::total),
      field("per_1000_keyframes", &self::per_1000_keyframes));
  }
};

/// The paper's model counts frames alone [VI-A]; the other prices are 0 until
/// somebody sets them.
run_bill bill(const run_cost& x, const cost_prices& prices);

/// Percentiles by nearest rank, in milliseconds.
struct percentiles_ms {
  double p50 = 0, p95 = 0, p99 = 0;

  static constexpr auto type_name = "percentiles_ms";

  static constexpr auto fields() {
    using self = percentiles_ms;
    return std::make_tuple(field("p50", &self::p50), field("p95", &self::p95),
                           field("p99", &self::p99));
  }
};

percentiles_ms in_ms(const histogram& x);

/// The moments of one keyframe.
struct keyframe_times {
  caf::timestamp captured; ///< by the camera
  caf::timestamp complete; ///< its chunk could be sent: the fog was done
  caf::timestamp answered; ///< its result was there
};

/// The two latencies that are always reported together, since a chunk that is
/// collected first waits before anybody processes it.
struct run_latency {
  histogram freshness;  ///< capture to result: the paper's latency [VI-B]
  histogram processing; ///< chunk complete to result

  void record(const keyframe_times& x);
};

} // namespace vpaas
