#pragma once

#include "runtime/vision/street_scene.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace vpaas {

/// A point of a drawing; all is multiplied by how much of it is covered, so
/// that averages are right.
struct texel {
  int16_t fixed = 0; ///< of what has a colour of its own, and shades of paint
  int16_t paint = 0; ///< share that takes the object's paint
  int16_t cover = 0; ///< share that hides what is behind
  int16_t other = 0; ///< a second fixed value: V where `fixed` is U

  static constexpr int level = 64;          ///< of `fixed`
  static constexpr int whole = 256 * level; ///< of `paint` and `cover`
};

/// One drawing at one resolution; a border of one empty texel on all sides.
struct sprite {
  float scale = 0; ///< texels a metre
  int width = 0, height = 0;
  float foot = 0; ///< column of the middle; the ground is below the last row
  float area = 0; ///< texels that are at least half covered
  std::vector<texel> luma, chroma;
};

/// All drawings at the resolutions that a view needs.
class sprite_book {
public:
  /// @param low,high pixels a metre in the picture
  sprite_book(float low, float high);

  /// The coarsest drawing that is at least as fine as `scale`.
  const sprite& find(street_kind kind, int phase, float scale) const;

private:
  std::vector<float> scales_; ///< finest first
  std::vector<sprite> all_;   ///< [kind, phase, scale]
};

} // namespace vpaas
