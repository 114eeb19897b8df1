#include "runtime/store/spool_names.hpp"

#include "runtime/checksum.hpp"
#include "runtime/store/cells.hpp"

#include <charconv>
#include <cstdio>

namespace vpaas {

namespace {

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

} // namespace

uint64_t checksum_of(const std::string& x) {
  return checksum_of(reinterpret_cast<const uint8_t*>(x.data()), x.size());
}

std::string folder_of(const std::string& stream, unsigned nth) {
  auto result = stream.substr(0, 40);
  for (auto& c : result)
    if (!plain(c))
      c = '_';
  char sum[32];
  std::snprintf(sum, sizeof(sum), "-%016llx",
                static_cast<unsigned long long>(checksum_of(stream)));
  result += sum;
  return nth == 0 ? result : result + "-" + std::to_string(nth);
}

std::string file_of(uint64_t number, uint32_t part) {
  return std::to_string(number) + "-" + std::to_string(part);
}

std::optional<std::pair<uint64_t, uint32_t>> part_of(const std::string& name) {
  std::pair<uint64_t, uint32_t> result;
  auto end = name.data() + name.size();
  auto number = std::from_chars(name.data(), end, result.first);
  if (number.ec != std::errc{} || number.ptr == end || *number.ptr != '-')
    return std::nullopt;
  auto part = std::from_chars(number.ptr + 1, end, result.second);
  if (part.ec != std::errc{} || part.ptr != end
      || name != file_of(result.first, result.second))
    return std::nullopt;
  return result;
}

std::string printable(const std::string& x) {
  auto result = escape_text(x.substr(0, 60));
  return x.size() > 60 ? result + "..." : result;
}

} // namespace vpaas
