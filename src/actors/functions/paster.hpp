#pragma once

#include "actors/function.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <string>

namespace vpaas {

/// What it answers to `status`. `time` is that of one picture.
struct paster_status {
  uint64_t pictures = 0; ///< made, since the start
  uint64_t places = 0;   ///< pasted
  uint64_t failed = 0;   ///< items that were answered with an error
  latency time;
  std::string last_problem;

  static constexpr auto type_name = "paster_status";

  static constexpr auto fields() {
    using self = paster_status;
    return std::make_tuple(
      field("pictures", &self::pictures), field("places", &self::places),
      field("failed", &self::failed), field("time", &self::time),
      field("last_problem", &self::last_problem));
  }
};

/// The function `paster`: pictures in two qualities in, the poorer ones with
/// the places of the finer ones on them out [DDS, second round]. Depends on
/// nobody; blocks: spawn it detached.
class paster_function {
public:
  static constexpr auto name = "paster";
  static constexpr auto verb = "paste";

  static function_spec spec();

  paster_function(caf::scheduled_actor*, const document&) {
    // nop
  }

  static bool takes(const item& x);

  caf::expected<item> apply(const item& x, const document& how);

  caf::error configure(const document&, const document&) {
    return caf::none;
  }

  paster_status status() const;

  paster_status counters;

private:
  histogram time_;
};

} // namespace vpaas
