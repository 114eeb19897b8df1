#include "runtime/store/cells.hpp"

namespace vpaas {

namespace {

constexpr char digits[] = "0123456789ABCDEF";

// How many bytes the UTF-8 character at `i` has, 0 where there is none: RFC
// 3629, section 4.
size_t character_at(const std::string& x, size_t i) {
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

int digit(char x) {
  if (x >= '0' && x <= '9')
    return x - '0';
  return x >= 'A' && x <= 'F' ? x - 'A' + 10 : -1;
}

} // namespace

std::string escape_text(const std::string& x) {
  std::string result;
  result.reserve(x.size());
  for (size_t i = 0; i < x.size();) {
    auto n = character_at(x, i);
    auto c = static_cast<unsigned char>(x[i]);
    if (n > 0 && c >= 0x20 && c != 0x7F && c != '%') {
      result.append(x, i, n);
      i += n;
      continue;
    }
    result += {'%', digits[c >> 4], digits[c & 15]};
    ++i;
  }
  return result;
}

std::string unescape_text(const std::string& x) {
  std::string result;
  result.reserve(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    auto high = x[i] == '%' && i + 2 < x.size() ? digit(x[i + 1]) : -1;
    auto low = high >= 0 ? digit(x[i + 2]) : -1;
    if (low < 0) {
      result += x[i];
      continue;
    }
    result += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return result;
}

} // namespace vpaas
