#pragma once

#include "runtime/vision/street_scene.hpp"

#include <vector>

namespace vpaas {

/// A fine, faint pattern on a shape.
enum class street_pattern : uint8_t { none, bars, rows, squares };

/// A part of a drawing: metres, x from the middle to the front, y up.
struct street_shape {
  enum class form : uint8_t { polygon, ellipse };

  struct point {
    float x, y;
  };

  form is = form::polygon;
  std::vector<point> corners; ///< or middle and radii of an ellipse
  bool painted = false;       ///< takes the object's paint, `colour.y` a shade
  yuv_colour colour;
  street_pattern pattern = street_pattern::none;
  float period = 0;    ///< of the pattern, metres
  float amplitude = 0; ///< of the pattern, levels

  bool holds(float x, float y) const;

  /// Levels that the pattern adds.
  float shade(float x, float y) const;
};

/// The parts of a kind, the hindmost first. @param phase of a walk
std::vector<street_shape> shapes_of(street_kind kind, int phase);

} // namespace vpaas
