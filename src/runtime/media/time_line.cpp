#include "runtime/media/time_line.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace vpaas {

namespace {

// Stamps of a few pictures may come out of order; more is a jump.
constexpr int64_t disorder_us = 500'000;

// A gap that is longer than this, and that nobody waited for, is a jump.
constexpr int64_t gap_us = 10'000'000;

} // namespace

void time_line::restart(double fps, bool live) {
  auto sane = fps >= 0.01 && fps <= 1000;
  nominal_us_ = sane ? std::llround(1e6 / fps) : 40'000;
  last_us_ = no_time;
  arrived_us_ = at_us_;
  any_ = false;
  live_ = live;
}

time_line::place time_line::advance(int64_t time_us, caf::timestamp arrived) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  auto waited = duration_cast<microseconds>(arrived - arrived_).count();
  arrived_ = arrived;
  auto last = last_us_;
  if (time_us != no_time)
    last_us_ = time_us;
  if (!std::exchange(any_, true))
    return {at_us_, false};
  auto step = time_us == no_time || last == no_time ? nominal_us_
                                                    : time_us - last;
  auto back = -std::max(disorder_us, 4 * nominal_us_);
  auto jumped = step < back || (step > gap_us && waited < step / 2);
  at_us_ += jumped || step <= 0 ? nominal_us_ : step;
  // The clock of arrival may be set, too.
  arrived_us_ += std::clamp<int64_t>(waited, 0, 60 * gap_us);
  if (live_)
    at_us_ = std::max(at_us_, arrived_us_);
  return {at_us_, jumped};
}

} // namespace vpaas
