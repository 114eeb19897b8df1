#pragma once

#include "runtime/metrics/histogram.hpp"

#include <chrono>

namespace vpaas {

/// Records how long its scope took. Real time, also where actors run under a
/// virtual clock: it measures work, not waiting.
class stopwatch {
public:
  explicit stopwatch(histogram& into)
    : into_(into), start_(std::chrono::steady_clock::now()) {
    // nop
  }

  stopwatch(const stopwatch&) = delete;

  stopwatch& operator=(const stopwatch&) = delete;

  ~stopwatch() {
    into_.record(std::chrono::steady_clock::now() - start_);
  }

private:
  histogram& into_;
  std::chrono::steady_clock::time_point start_;
};

} // namespace vpaas
