#include "runtime/store/cells.hpp"

#include "runtime/utf8.hpp"

namespace vpaas {

namespace {

constexpr char digits[] = "0123456789ABCDEF";

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
    auto n = utf8_length(x, i);
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
