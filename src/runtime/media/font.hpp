#pragma once

#include <array>
#include <cstdint>

namespace vpaas {

inline constexpr int glyph_width = 5;
inline constexpr int glyph_height = 7;

/// Columns of a letter from left to right; bit 0 is the top row. Small letters
/// look like capitals, unknown ones like a question mark.
const std::array<uint8_t, glyph_width>& glyph(char c);

} // namespace vpaas
