#pragma once

#include "report.hpp"

#include <utility>

namespace vpaas::bench {

using json = nlohmann::json;

inline double median(std::vector<double> xs) {
  return quantile(std::move(xs), 0.5);
}

/// Seconds that `f` takes.
template <class F>
double took(F&& f) {
  auto start = seconds();
  f();
  return seconds() - start;
}

} // namespace vpaas::bench
