#include "runtime/vision/assignment.hpp"

#include "runtime/vision/street_random.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

using columns = std::vector<int32_t>;

cost_table table(const std::vector<std::vector<double>>& xs) {
  cost_table result{xs.size(), xs.empty() ? 0 : xs.front().size()};
  for (size_t i = 0; i < xs.size(); ++i)
    for (size_t k = 0; k < xs[i].size(); ++k)
      result.at(i, k) = xs[i][k];
  return result;
}

double sum(const cost_table& costs, const columns& xs, double alone) {
  auto result = 0.;
  for (size_t i = 0; i < xs.size(); ++i)
    result += xs[i] == unassigned ? alone : costs.at(i, size_t(xs[i]));
  return result;
}

/// The least sum, by trying all permutations of columns and empty places.
double least_sum(const cost_table& costs, double alone) {
  columns order(costs.columns());
  std::iota(order.begin(), order.end(), 0);
  order.resize(costs.columns() + costs.rows(), unassigned);
  std::sort(order.begin(), order.end());
  auto least = cost_table::never;
  do {
    columns xs{order.begin(), order.begin() + ptrdiff_t(costs.rows())};
    least = std::min(least, sum(costs, xs, alone));
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

} // namespace

BOOST_AUTO_TEST_SUITE(assignment_tests)

// Taking the cheapest pair first costs 1 + 9; the least is 2 + 3.
BOOST_AUTO_TEST_CASE(the_sum_counts_not_the_single_pair) {
  BOOST_TEST(assign(table({{1, 2}, {3, 9}}), 100) == (columns{1, 0}),
             tt::per_element());
}

BOOST_AUTO_TEST_CASE(a_row_stays_alone_where_that_is_cheaper) {
  BOOST_TEST(assign(table({{5, 8}, {7, 2}}), 6) == (columns{0, 1}),
             tt::per_element());
  BOOST_TEST(assign(table({{5, 8}, {7, 2}}), 4) == (columns{-1, 1}),
             tt::per_element());
  BOOST_TEST(assign(table({{4}}), 4) == columns{-1}, tt::per_element());
}

BOOST_AUTO_TEST_CASE(what_must_not_be_is_not) {
  auto no = cost_table::never;
  BOOST_TEST(assign(table({{no, 1}, {no, 2}}), 1e9) == (columns{1, -1}),
             tt::per_element());
}

BOOST_AUTO_TEST_CASE(tables_may_be_empty_or_of_any_shape) {
  BOOST_TEST(assign(cost_table{0, 3}, 1).empty());
  BOOST_TEST(assign(cost_table{2, 0}, 1) == (columns{-1, -1}),
             tt::per_element());
  BOOST_TEST(assign(table({{3, 1, 2}}), 9) == columns{1}, tt::per_element());
  BOOST_TEST(assign(table({{3}, {1}, {2}}), 9) == (columns{-1, 0, -1}),
             tt::per_element());
}

BOOST_AUTO_TEST_CASE(the_sum_is_the_least_of_all) {
  street_random random{7};
  for (int i = 0; i < 300; ++i) {
    cost_table costs{1 + random.below(4), 1 + random.below(4)};
    for (size_t r = 0; r < costs.rows(); ++r)
      for (size_t c = 0; c < costs.columns(); ++c)
        if (random.below(5) != 0)
          costs.at(r, c) = double(random.between(-9, 9));
    auto alone = double(random.between(-5, 12));
    auto xs = assign(costs, alone);
    for (size_t k = 0; k < costs.columns(); ++k)
      BOOST_TEST(std::count(xs.begin(), xs.end(), int32_t(k)) <= 1);
    BOOST_TEST(sum(costs, xs, alone) == least_sum(costs, alone),
               tt::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_SUITE_END()
