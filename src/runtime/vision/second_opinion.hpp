#pragma once

#include "runtime/vision/detection.hpp"

#include <vector>

namespace vpaas {

/// What a second look at one region said.
struct second_opinion {
  box where;           ///< better than the region's: it comes of better pixels
  int32_t label = -1;  ///< of the detector that looked; -1 = nothing there
  float score = 0;     ///< of that label
  bool looked = false; ///< false: there was no time for it

  static constexpr auto type_name = "second_opinion";

  static constexpr auto fields() {
    using self = second_opinion;
    return std::make_tuple(
      field("where", &self::where), field("label", &self::label),
      field("score", &self::score), field("looked", &self::looked));
  }
};

/// When a second opinion counts. Measured with NanoDet-Plus-m.
struct opinion_rule {
  float same_place = .4f; ///< IoU from which a box is about the region
  float score = .4f;      ///< from which it is believed: the cloud's own
  float repeats = .5f;    ///< IoU from which it repeats a label, of any class
};

/// The best box about a region among those that were found in its window; no
/// label where none is about it.
second_opinion best_about(const box& region, const std::vector<detection>& xs,
                          const opinion_rule& how = {});

/// Takes the label off every opinion that is not believed, or repeats a label
/// of the cloud or a surer opinion. Labels stay as they are.
void settle(std::vector<second_opinion>& xs, const std::vector<box>& labels,
            const opinion_rule& how = {});

} // namespace vpaas
