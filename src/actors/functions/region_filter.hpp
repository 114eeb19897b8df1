#pragma once

#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/vision/region_filter.hpp"

#include <caf/all.hpp>

#include <string>

namespace vpaas {

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

/// The function `region_filter`: all that a detector found in, an answer for
/// the fog out, which holds labels, and the regions that are left for it to
/// name [IV-B]. The thresholds are those that the detector's card recommends,
/// and parameters in their place. Depends on nobody, does not block.
class region_filter_function {
public:
  static constexpr auto name = "region_filter";
  static constexpr auto verb = "filter";

  static function_spec spec();

  region_filter_function(caf::scheduled_actor*, const document&) {
    // nop
  }

  static bool takes(const item& x) {
    return x.value.get<detections>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how);

  caf::error configure(const document&, const document&) {
    return caf::none;
  }

  region_filter_status status() const;

  region_filter_status counters;
};

} // namespace vpaas
