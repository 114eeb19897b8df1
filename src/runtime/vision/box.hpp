#pragma once

#include "runtime/fields.hpp"

namespace vpaas {

/// Axis-aligned box in normalised frame coordinates: [0, 1], x right, y down.
/// @invariant x0 <= x1 and y0 <= y1
struct box {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  static constexpr auto type_name = "box";

  static constexpr auto fields() {
    return std::make_tuple(field("x0", &box::x0), field("y0", &box::y0),
                           field("x1", &box::x1), field("y1", &box::y1));
  }
};

} // namespace vpaas
