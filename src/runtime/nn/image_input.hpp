#pragma once

#include "runtime/nn/network.hpp"

#include <cstddef>
#include <cstdint>

namespace vpaas {

/// A picture in memory, 8 bits a colour, blue first, as OpenCV reads files.
struct bgr_image {
  const uint8_t* data = nullptr;
  int width = 0, height = 0;
  size_t stride = 0; ///< bytes from one row to the next
};

/// Writes `x` into image `i` of a batch as the card asks for: resized, in its
/// order of colours, normalised, letterboxed or stretched. For single pictures
/// and references; video has a fused step of its own in runtime/media.
/// @pre the batch has image `i`, and `x` at least one pixel
void write_image(const bgr_image& x, const card_input& how, input_batch& out,
                 int i);

/// A batch of one image in the card's own size.
input_batch batch_of(const bgr_image& x, const card_input& how);

} // namespace vpaas
