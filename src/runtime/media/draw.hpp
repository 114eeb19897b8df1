#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/vision/box.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// A colour for people, 0 to 255 each.
struct rgb {
  uint8_t r = 255, g = 255, b = 255;
};

/// A box with a label above it, or below where there is no room. Letters are
/// drawn as capitals.
struct annotation {
  box where;
  std::string text;
  rgb color;
};

/// Returns one of twelve colours that are told apart well, by `index`.
rgb palette(size_t index);

/// Returns a copy of `x` with `annotations` drawn on it, line width and text
/// size in proportion to its height.
/// @returns ec::bad_input for an empty frame.
caf::expected<frame> draw(const frame& x,
                          const std::vector<annotation>& annotations);

} // namespace vpaas
