#pragma once

#include "runtime/printable.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

using table = std::vector<std::vector<std::string>>;

/// Prints columns as wide as their widest cell. What stands in them comes from
/// other machines: it steers no terminal.
inline void print(table rows) {
  for (auto& row : rows)
    for (auto& cell : row)
      cell = printable(std::move(cell));
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], row[i].size());
    }
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i)
      std::cout << (i ? "  " : "") << row[i]
                << (i + 1 < row.size()
                      ? std::string(widths[i] - row[i].size(), ' ')
                      : "");
    std::cout << '\n';
  }
}

} // namespace vpaas
