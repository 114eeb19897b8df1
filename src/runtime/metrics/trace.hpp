#pragma once

// Where a keyframe's time went, as a tree of spans that nodes build apart and a
// collector of OpenTelemetry joins.

#include "runtime/result.hpp"

#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vpaas {

/// What all spans of one keyframe share, on every node.
struct trace_id {
  uint64_t high = 0;
  uint64_t low = 0;
};

/// The trace of a keyframe, whatever its revision: known to everybody who has
/// stream, frame and time of capture. Never zero.
trace_id trace_of(const frame_result& x);

/// Whether a share `ratio` of all traces holds this one: nodes with the same
/// ratio decide alike, and one with a higher ratio has those of a lower one
/// too. As OpenTelemetry's TraceIdRatioBased.
bool sampled(trace_id x, double ratio);

/// The id of a span by what it is within its trace. Never zero.
uint64_t span_of(trace_id x, const std::string& what);

/// The span that those of a result hang below.
uint64_t root_of(const frame_result& x);

/// OpenTelemetry's SpanKind.
enum class span_kind : uint8_t {
  internal = 1,
  server,
  client,
  producer,
  consumer
};

struct span {
  using value = std::variant<std::string, int64_t, bool>;

  trace_id trace;
  uint64_t id = 0;
  uint64_t parent = 0; ///< 0: none
  std::string name;
  span_kind kind = span_kind::internal;
  std::string tier; ///< client, fog, cloud or backend
  std::string node;
  caf::timestamp start, end; ///< @invariant start <= end
  std::vector<std::pair<std::string, value>> attributes;
  std::string error; ///< empty: none
};

/// Something that was done for a keyframe, by the steady clock of its fog.
struct trace_step {
  /// What another node says of it, which has a clock of its own.
  struct remote {
    std::string node;
    caf::timespan decoding{0}, detecting{0}; ///< waiting included
  };

  enum class kind : uint8_t {
    camera, ///< from capture to the arrival at the fog; its begin is not known
    local,  ///< by a function of the fog
    cloud,  ///< asked of the cloud
  };

  kind what = kind::local;
  std::string name; ///< of who was asked: "encoder"
  caf::timespan begin{0}, end{0};
  uint64_t sent = 0;     ///< bytes of the question
  uint64_t received = 0; ///< bytes of the answer, or of the segment
  bool failed = false;
  remote by; ///< of the cloud, or with `node` only of the camera
};

/// All that a fog knows of one keyframe's way to its result.
struct keyframe_trace {
  frame_result result;
  std::string fog;                ///< node
  caf::timespan began{0}, now{0}; ///< steady; 0: at the capture
  caf::timestamp wall;            ///< what is `now` on the wall
  std::vector<trace_step> steps;
  bool kept = true;  ///< the ledger has the result
  std::string error; ///< why there is none
};

/// The spans of one revision of a result. Times are those of the fog's clock:
/// what the cloud did is as long as the cloud says, amid the question to it.
std::vector<span> spans_of(const keyframe_trace& x);

/// A backend has shown a result to who looks at its page.
/// @param heard, shown by its own clock
span shown_span(const frame_result& x, const std::string& tier,
                const std::string& node, caf::timestamp heard,
                caf::timestamp shown, uint64_t readers);

} // namespace vpaas
