#pragma once

#include "support/temp_dir.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace vpaas::test {

// What files of video are put together from.

using bytes = std::vector<uint8_t>;

/// A path in the folder of this test program.
inline std::string place(const std::string& name) {
  static temp_dir folder;
  return folder.path(name);
}

/// A whole file.
inline bytes read(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// @returns the path
inline std::string write(const std::string& name, const bytes& x) {
  auto path = place(name);
  std::ofstream{path, std::ios::binary}.write(
    reinterpret_cast<const char*>(x.data()),
    static_cast<std::streamsize>(x.size()));
  return path;
}

/// Appends a number, its highest byte first.
inline void put(bytes& to, uint64_t x, int count) {
  for (auto i = count - 1; i >= 0; --i)
    to.push_back(static_cast<uint8_t>(x >> (8 * i)));
}

inline uint32_t get(const bytes& x, size_t at, int count) {
  uint32_t result = 0;
  for (int i = 0; i < count; ++i)
    result = result << 8 | x.at(at + static_cast<size_t>(i));
  return result;
}

} // namespace vpaas::test
