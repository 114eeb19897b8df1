#pragma once

#include "runtime/http/poster.hpp"
#include "runtime/metrics/trace.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What became of spans that a collector was sent.
struct export_answer {
  enum class verdict {
    taken,
    later,   ///< the same spans may be sent again
    refused, ///< they may not
  };

  verdict what = verdict::taken;
  uint64_t rejected = 0;                    ///< of those that were taken
  std::optional<caf::timespan> retry_after; ///< as the collector asks
  std::string problem;                      ///< empty: none
};

/// A collector of OpenTelemetry: OTLP over HTTP in protobuf, below an address
/// as OTEL_EXPORTER_OTLP_ENDPOINT has it. Blocks; not for use by two threads
/// at once.
class trace_collector {
public:
  /// @param to its path goes before /v1/traces
  /// @param version of this program
  /// @returns ec::bad_config where the address is none
  static caf::expected<trace_collector> open(post_target to,
                                             std::string version);

  export_answer send(const std::vector<span>& xs);

private:
  trace_collector(poster to, std::string version);

  poster to_;
  std::string path_;
  std::string version_;
};

} // namespace vpaas
