#pragma once

// What traces of keyframes are told by, in one process.

#include "messages/protocol.hpp"
#include "runtime/metrics/trace.hpp"

#include <memory>
#include <vector>

namespace vpaas {

/// Spans that are complete.
struct finished_spans {
  std::shared_ptr<const std::vector<span>> all;
};

/// Who exports them; see `trace_exporter`.
using trace_actor
  = observable_actor::extend<caf::reacts_to<publish_atom, finished_spans>>;

/// Which keyframes an actor traces.
struct tracing {
  std::string exporter;   ///< logical name; empty: none
  double ratio = 0;       ///< share of keyframes, in [0, 1]
  std::string tier, node; ///< whose spans they are
};

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::finished_spans)
