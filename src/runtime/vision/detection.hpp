#pragma once

#include "runtime/vision/box.hpp"

#include <cstdint>

namespace vpaas {

/// What a detector says about one place of a frame.
struct detection {
  box where;
  int32_t label = 0;  ///< index into the labels of the model's card
  float score = 0;    ///< of that label, in [0, 1]
  float location = 0; ///< how sure it is that *something* is there, in [0, 1]

  static constexpr auto type_name = "detection";

  static constexpr auto fields() {
    return std::make_tuple(field("where", &detection::where),
                           field("label", &detection::label),
                           field("score", &detection::score),
                           field("location", &detection::location));
  }
};

/// A place that the cloud could locate but not name. The hint is what it would
/// have said: one clue among others for whoever names the region.
struct region {
  box where;
  float location = 0;   ///< location score, in [0, 1]
  int32_t hint = 0;     ///< best label of the detector
  float hint_score = 0; ///< and its score, below theta_cls

  static constexpr auto type_name = "region";

  static constexpr auto fields() {
    return std::make_tuple(
      field("where", &region::where), field("location", &region::location),
      field("hint", &region::hint), field("hint_score", &region::hint_score));
  }
};

} // namespace vpaas
