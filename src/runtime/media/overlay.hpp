#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/vision/box.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// One picture in two qualities, the finer one only where it matters.
struct layer {
  frame base;
  frame fine;
  std::vector<box> places; ///< where `fine` holds the picture
};

/// Pictures of one stream in two qualities. Stays in its process.
struct layers {
  std::string stream;
  std::vector<layer> pictures;

  static constexpr auto type_name = "layers";
};

/// Returns the picture black outside of `places`, as DDS sends its second
/// round.
caf::expected<frame> mask(const frame& x, const std::vector<box>& places);

/// Returns `base`, enlarged bicubically to the size of `fine` where it is
/// smaller, with the places of `fine` on it [DDS].
caf::expected<frame> paste(const layer& x);

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::layers)
