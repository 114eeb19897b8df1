#include "runtime/learning/logistic.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numeric>
#include <random>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

std::vector<uint32_t> all_of(size_t n) {
  std::vector<uint32_t> result(n);
  std::iota(result.begin(), result.end(), 0u);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(logistic_tests)

BOOST_AUTO_TEST_CASE(a_constant_becomes_the_log_odds) {
  std::vector<float> rows(4, 1);
  auto w = fit_logistic({rows.data(), 4, 1}, all_of(4), {1, 1, 1, 0}, {1e-6f});
  BOOST_TEST(w[0] == std::log(3.f), tt::tolerance(1e-4f));
}

// Newton's method in NumPy on the same six rows.
BOOST_AUTO_TEST_CASE(weights_are_those_of_numpy) {
  std::vector<float> rows{1, 0,  1, .5f,  1,    1, -1, .5f, 1,
                          0, -1, 1, .25f, .25f, 1, 2,  1,   1};
  auto w = fit_logistic({rows.data(), 6, 3}, all_of(6), {1, 1, 0, 0, 0, 1},
                        {.5f, .5f, .001f});
  BOOST_TEST(w[0] == 1.37021f, tt::tolerance(1e-3f));
  BOOST_TEST(w[1] == .777645f, tt::tolerance(1e-3f));
  BOOST_TEST(w[2] == -.786202f, tt::tolerance(1e-3f));
}

BOOST_AUTO_TEST_CASE(rows_that_are_not_used_do_not_matter) {
  std::vector<float> rows{1, 1, 1, 1, 1};
  auto w = fit_logistic({rows.data(), 5, 1}, {0, 1, 2, 4}, {1, 1, 1, 0, 0},
                        {1e-6f});
  BOOST_TEST(w[0] == std::log(3.f), tt::tolerance(1e-4f));
}

// At the minimum the gradient is zero: X'(p - y) + penalty w.
BOOST_AUTO_TEST_CASE(more_columns_than_rows_are_no_trouble) {
  constexpr size_t n = 40, d = 200;
  std::minstd_rand random{7};
  std::normal_distribution<float> normal;
  std::vector<float> rows(n * d), penalty(d, .1f);
  for (auto& x : rows)
    x = normal(random);
  std::vector<uint8_t> yes;
  for (size_t i = 0; i < n; ++i)
    yes.push_back(rows[i * d] > .5f ? 1 : 0);
  auto w = fit_logistic({rows.data(), n, d}, all_of(n), yes, penalty);
  for (size_t k = 0; k < d; ++k) {
    double gradient = double(penalty[k]) * double(w[k]);
    for (size_t i = 0; i < n; ++i) {
      double z = 0;
      for (size_t j = 0; j < d; ++j)
        z += double(w[j]) * double(rows[i * d + j]);
      gradient += (1 / (1 + std::exp(-z)) - yes[i]) * double(rows[i * d + k]);
    }
    BOOST_TEST(std::abs(gradient) < .02);
  }
  BOOST_TEST(w[0] > 0); // what decides
}

BOOST_AUTO_TEST_SUITE_END()
