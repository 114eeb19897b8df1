#pragma once

#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <string>

namespace vpaas {

/// What it answers to `status`. `time` is that of one keyframe.
struct trigger_status {
  uint64_t keyframes = 0; ///< seen, since the start
  uint64_t triggered = 0; ///< of them, that are to be sent
  uint64_t changed = 0;   ///< pixels of the newest, against the last one sent
  uint64_t failed = 0;    ///< items that were answered with an error
  latency time;
  std::string last_problem;

  static constexpr auto type_name = "trigger_status";

  static constexpr auto fields() {
    using self = trigger_status;
    return std::make_tuple(
      field("keyframes", &self::keyframes),
      field("triggered", &self::triggered), field("changed", &self::changed),
      field("failed", &self::failed), field("time", &self::time),
      field("last_problem", &self::last_problem));
  }
};

/// The function `trigger`: keyframes of one stream in; out, for those that
/// differ enough from the last one that was to be sent, one region, the whole
/// picture [Glimpse, trigger frames]. Whoever comes after has nothing to do
/// for the others. Depends on nobody; blocks: spawn it detached.
class trigger_function {
public:
  static constexpr auto name = "trigger";
  static constexpr auto verb = "compare";

  static function_spec spec();

  trigger_function(caf::scheduled_actor*, const document&) {
    // nop
  }

  static bool takes(const item& x) {
    return x.value.get<keyframes>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how);

  caf::error configure(const document&, const document&) {
    return caf::none;
  }

  trigger_status status() const;

  trigger_status counters;

private:
  frame last_sent_;
  histogram time_;
};

} // namespace vpaas
