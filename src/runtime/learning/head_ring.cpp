#include "runtime/learning/head_ring.hpp"

#include "runtime/learning/dot.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

using numbers = std::vector<double>;

constexpr double sure = 4; // what a logistic head should say, before its curve

/// Solves A x = b, A [n, n] symmetric and positive: Gauss, without pivots.
numbers solve(std::vector<numbers> a, numbers b) {
  auto n = b.size();
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j) {
      auto share = a[j][i] / a[i][i];
      for (size_t k = i; k < n; ++k)
        a[j][k] -= share * a[i][k];
      b[j] -= share * b[i];
    }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k)
      b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

bool alike(const one_vs_all& a, const one_vs_all& b) {
  return a.kind == b.kind && a.dimensions == b.dimensions
         && a.classes == b.classes && a.inputs == b.inputs
         && a.hints == b.hints;
}

double wanted(head_kind kind, bool yes) {
  return kind == head_kind::logistic ? (yes ? sure : -sure) : yes ? 1 : 0;
}

/// Shares of the snapshots for class `k`.
numbers shares_of(const std::vector<const one_vs_all*>& snapshots, size_t k,
                  const std::vector<float>& rows,
                  const std::vector<taught_crop>& lessons, double ridge) {
  auto n = snapshots.size(), width = snapshots[0]->width();
  std::vector<numbers> a(n, numbers(n));
  numbers b(n), says(n);
  for (size_t i = 0; i < lessons.size(); ++i) {
    auto& newest = *snapshots.back();
    auto y = wanted(newest.kind, lessons[i].label == newest.classes[k]);
    for (size_t s = 0; s < n; ++s)
      says[s] = double(dot(snapshots[s]->weights.data() + k * width,
                           rows.data() + i * width, width));
    for (size_t s = 0; s < n; ++s) {
      b[s] += says[s] * y;
      for (size_t t = 0; t < n; ++t)
        a[s][t] += says[s] * says[t];
    }
  }
  for (size_t s = 0; s < n; ++s)
    a[s][s] += ridge;
  b.back() += ridge;
  return solve(std::move(a), std::move(b));
}

} // namespace

one_vs_all combine(const head_ring& snapshots,
                   const std::vector<taught_crop>& lessons, float ridge) {
  auto result = snapshots.back();
  std::vector<const one_vs_all*> those;
  for (auto& x : snapshots)
    if (alike(x, result))
      those.push_back(&x);
  auto rows = rows_of(result, lessons);
  if (those.size() < 2 || rows.empty())
    return result;
  auto width = result.width();
  std::fill(result.weights.begin(), result.weights.end(), 0.f);
  for (size_t k = 0; k < result.classes.size(); ++k) {
    auto shares = shares_of(those, k, rows, lessons, double(ridge));
    for (size_t s = 0; s < those.size(); ++s)
      add_scaled(result.weights.data() + k * width, float(shares[s]),
                 those[s]->weights.data() + k * width, width);
  }
  return result.validate() ? snapshots.back() : result;
}

} // namespace vpaas
