#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace vpaas {

/// Costs of giving columns to rows; a pair that must not be stays at infinity.
class cost_table {
public:
  static constexpr double never = std::numeric_limits<double>::infinity();

  cost_table(size_t rows, size_t columns)
    : rows_(rows), columns_(columns), costs_(rows * columns, never) {
    // nop
  }

  size_t rows() const {
    return rows_;
  }

  size_t columns() const {
    return columns_;
  }

  double& at(size_t row, size_t column) {
    return costs_[row * columns_ + column];
  }

  double at(size_t row, size_t column) const {
    return costs_[row * columns_ + column];
  }

private:
  size_t rows_, columns_;
  std::vector<double> costs_;
};

/// No column was given to the row.
inline constexpr int32_t unassigned = -1;

/// Gives each row one column at most and each column to one row at most, such
/// that the sum of the costs is least, where a pair costs what the table says
/// and a row without a column costs `alone`. Pairs of `alone` or more are never
/// made. Shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987),
/// O(rows^2 * columns).
/// @returns for each row its column, or `unassigned`
std::vector<int32_t> assign(const cost_table& costs, double alone);

} // namespace vpaas
