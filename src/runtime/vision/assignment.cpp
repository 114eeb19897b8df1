#include "runtime/vision/assignment.hpp"

namespace vpaas {

namespace {

/// Dense problem of `rows` rows and, behind the columns of the table, one
/// column for each row to be alone in. Column 0 is a root of the search.
class solver {
public:
  solver(const cost_table& costs, double alone)
    : costs_(costs), alone_(alone), columns_(costs.columns() + costs.rows()),
      row_price_(costs.rows() + 1), column_price_(columns_ + 1),
      row_of_(columns_ + 1), way_(columns_ + 1) {
    for (size_t row = 1; row <= costs.rows(); ++row)
      place(row);
  }

  std::vector<int32_t> result() const {
    std::vector<int32_t> result(costs_.rows(), unassigned);
    for (size_t k = 1; k <= costs_.columns(); ++k)
      if (row_of_[k] != 0)
        result[row_of_[k] - 1] = int32_t(k - 1);
    return result;
  }

private:
  double cost(size_t row, size_t column) const {
    if (column <= costs_.columns()) {
      auto x = costs_.at(row - 1, column - 1);
      if (x < alone_)
        return x;
    } else if (column - costs_.columns() == row) {
      return alone_;
    }
    return cost_table::never;
  }

  /// Finds a place for `row`; others move along the cheapest path.
  void place(size_t row) {
    row_of_[0] = row;
    std::vector<double> least(columns_ + 1, cost_table::never);
    std::vector<bool> seen(columns_ + 1);
    size_t at = 0;
    do {
      seen[at] = true;
      at = step(at, least, seen);
    } while (row_of_[at] != 0);
    for (; at != 0; at = way_[at])
      row_of_[at] = row_of_[way_[at]];
  }

  /// Looks from the row at column `at`; returns the next nearest column.
  size_t step(size_t at, std::vector<double>& least,
              const std::vector<bool>& seen) {
    auto row = row_of_[at];
    auto next = columns_;
    auto delta = cost_table::never;
    for (size_t k = 1; k <= columns_; ++k) {
      if (seen[k])
        continue;
      auto x = cost(row, k) - row_price_[row] - column_price_[k];
      if (x < least[k])
        least[k] = x, way_[k] = at;
      if (least[k] < delta)
        delta = least[k], next = k;
    }
    for (size_t k = 0; k <= columns_; ++k) {
      if (seen[k])
        row_price_[row_of_[k]] += delta, column_price_[k] -= delta;
      else
        least[k] -= delta;
    }
    return next;
  }

  const cost_table& costs_;
  double alone_;
  size_t columns_;
  std::vector<double> row_price_, column_price_;
  std::vector<size_t> row_of_; ///< of each column; 0: it is free
  std::vector<size_t> way_;    ///< column before, on the path
};

} // namespace

std::vector<int32_t> assign(const cost_table& costs, double alone) {
  return solver{costs, alone}.result();
}

} // namespace vpaas
