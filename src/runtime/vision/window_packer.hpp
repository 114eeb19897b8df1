#pragma once

#include "runtime/vision/box.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vpaas {

/// A rectangle of whole pixels.
struct pixel_rect {
  int x = 0, y = 0, width = 0, height = 0;

  int64_t area() const {
    return int64_t(width) * height;
  }
};

/// How windows around places are cut and packed. The defaults are measured
/// with NanoDet-Plus-m: other contexts, alignments and orders were worse.
struct packing_config {
  int align = 32;      ///< sides and corners are multiples of it: the coarsest
                       ///< step of the detector, so that its cells fall alike
  int most = 416;      ///< pixels a side of a window
  int canvas = 640;    ///< width of the mosaic
  int page = 0;        ///< height of a mosaic that is full; 0 = any
  int margin = 8;      ///< pixels around a place, at least
  float context = .5f; ///< and this share of its longer side
  int64_t budget = 173056; ///< pixels of all windows of one picture (.17 Mpx)
};

/// A place that somebody wants to look at again.
struct wanted_place {
  box where;       ///< normalised
  float value = 0; ///< the greatest come first; below 0: not at all
};

/// The places of one picture, which is `width` x `height` pixels on the
/// detector's own grid.
struct wanted_picture {
  int width = 0, height = 0;
  std::vector<wanted_place> places;
  int64_t budget = -1; ///< pixels of its windows; -1: as all
};

/// One window of a mosaic.
struct packed_window {
  size_t picture = 0;         ///< whose it is
  pixel_rect from;            ///< of that picture; may reach beyond its edges
  size_t page = 0;            ///< of the mosaic
  int x = 0, y = 0;           ///< where it lies there
  std::vector<size_t> places; ///< that it shows, by index
};

struct mosaic {
  std::vector<packed_window> windows;
  std::vector<int> heights; ///< of its pages, multiples of `align`
};

/// Cuts a window around every place that the budget allows, best first, merges
/// windows where that takes no more pixels, and packs all into as few pages as
/// shelves allow. A window never leaves its page, and no two overlap.
mosaic pack_windows(const std::vector<wanted_picture>& xs,
                    const packing_config& how = {});

} // namespace vpaas
