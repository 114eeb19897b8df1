#include "runtime/utf8.hpp"

namespace vpaas {

size_t utf8_length(std::string_view x, size_t i) {
  if (i >= x.size())
    return 0;
  auto byte = [&](size_t k) -> unsigned {
    return i + k < x.size() ? static_cast<unsigned char>(x[i + k]) : 0u;
  };
  auto follows = [&](size_t k) { return (byte(k) & 0xC0u) == 0x80u; };
  auto first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first <= 0xDF)
    return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    auto low = first == 0xE0 ? 0xA0u : 0x80u;  // not too long
    auto high = first == 0xED ? 0x9Fu : 0xBFu; // no surrogate
    return byte(1) >= low && byte(1) <= high && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    auto low = first == 0xF0 ? 0x90u : 0x80u;
    auto high = first == 0xF4 ? 0x8Fu : 0xBFu;
    return byte(1) >= low && byte(1) <= high && follows(2) && follows(3) ? 4
                                                                         : 0;
  }
  return 0;
}

size_t ill_formed_at(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto n = utf8_length(text, i);
    if (n == 0)
      return i;
    i += n;
  }
  return std::string_view::npos;
}

} // namespace vpaas
