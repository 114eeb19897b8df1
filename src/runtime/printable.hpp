#pragma once

#include <string>

namespace vpaas {

/// What comes from outside, for a terminal: control characters, which could
/// steer it, are '?'. UTF-8 stays; its own control characters do not.
inline std::string printable(std::string text) {
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1])
                                    : '\0';
    if (c == 0xC2 && next >= 0x80 && next < 0xA0) // U+0080 to U+009F
      text[i] = text[i + 1] = '?';
    else if (c < 0x20 || c == 0x7F)
      text[i] = '?';
  }
  return text;
}

} // namespace vpaas
