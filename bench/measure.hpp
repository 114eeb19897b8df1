#pragma once

#include "report.hpp"

#include <ctime>
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

/// Seconds of this thread's processor that `f` takes: what other programs take
/// from it does not count.
template <class F>
double worked(F&& f) {
  auto now = [] {
    timespec x{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &x);
    return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_nsec) / 1e9;
  };
  auto start = now();
  f();
  return now() - start;
}

} // namespace vpaas::bench
