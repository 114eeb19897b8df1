#pragma once

#include "messages/protocol.hpp"
#include "runtime/vision/region_filter.hpp"

#include <caf/all.hpp>

#include <string>

namespace vpaas {

/// The function `region_filter`: all that a detector found in, an answer for
/// the fog out, which holds labels, and the regions that are left for it to
/// name [IV-B]. The thresholds are those that the detector's card recommends,
/// and parameters in their place. Depends on nobody, does not block.
function_spec region_filter_spec();

/// What it answers to `status`.
struct region_filter_status {
  uint64_t items = 0;  ///< answered with a result, since the start
  uint64_t failed = 0; ///< answered with an error
  uint64_t frames = 0;
  uint64_t found = 0;  ///< boxes of the detector
  uint64_t labels = 0; ///< of them, as all below
  uint64_t regions = 0;
  uint64_t left_out = 0; ///< `found = labels + regions + left_out`
  std::string last_problem;

  static constexpr auto type_name = "region_filter_status";

  static constexpr auto fields() {
    using self = region_filter_status;
    return std::make_tuple(
      field("items", &self::items), field("failed", &self::failed),
      field("frames", &self::frames), field("found", &self::found),
      field("labels", &self::labels), field("regions", &self::regions),
      field("left_out", &self::left_out),
      field("last_problem", &self::last_problem));
  }
};

struct region_filter_state {
  static inline const char* name = "region_filter";

  explicit region_filter_state(
    function_actor::stateful_pointer<region_filter_state> self);

  caf::result<item> apply(const item& x);

  caf::result<document> configure(const document& changes);

  status_report status() const;

  // -- verbs of the above -----------------------------------------------------

  caf::error fail(caf::error reason);

  /// The detector's thresholds, with those that are set in their place.
  region_filter_config override(region_filter_config x) const;

  function_actor::stateful_pointer<region_filter_state> self;
  document parameters;
  region_filter_status counters;
};

/// @pre `parameters` passed `check` against `region_filter_spec().parameters`
function_actor::behavior_type
region_filter(function_actor::stateful_pointer<region_filter_state> self,
              document parameters);

} // namespace vpaas
