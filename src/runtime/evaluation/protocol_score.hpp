#pragma once

#include "runtime/evaluation/protocol_run.hpp"
#include "runtime/learning/head_lessons.hpp"
#include "runtime/metrics/accuracy.hpp"
#include "runtime/metrics/label_groups.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// Names of the labels on both sides of a protocol run.
struct run_labels {
  std::vector<std::string> detector, judge, look{};
};

/// A frame of the run with labels as indices of `groups`.
taught_frame taught(const protocol_frame& x, const label_groups& groups,
                    const run_labels& names);

/// What the protocol reaches on the same frames with different namers.
struct protocol_score {
  accuracy_report cloud_only;  ///< boxes from `alone` on
  accuracy_report high_low;    ///< named by the heads
  accuracy_report second_look; ///< named by the second look
  accuracy_report perfect;     ///< named as the judge would: the bound
  accuracy_report repeated; ///< the judge against itself on shifted frames: F1
                            ///< above it is luck
  uint64_t regions = 0;
  uint64_t named = 0; ///< of those, by the heads
  uint64_t right = 0; ///< of those, as a perfect namer would

  static constexpr auto type_name = "protocol_score";

  static constexpr auto fields() {
    using self = protocol_score;
    return std::make_tuple(
      field("cloud_only", &self::cloud_only),
      field("high_low", &self::high_low),
      field("second_look", &self::second_look),
      field("perfect", &self::perfect), field("repeated", &self::repeated),
      field("regions", &self::regions), field("named", &self::named),
      field("right", &self::right));
  }
};

/// @param heads their classes are names of groups; without classes they name
///        nothing
/// @param alone score from which the detector names boxes without the fog
/// @returns ec::bad_input where they do not fit the backbone of the run
caf::expected<protocol_score>
score_protocol(const protocol_run& run, const label_groups& groups,
               const run_labels& names, const one_vs_all& heads, float alone);

} // namespace vpaas
