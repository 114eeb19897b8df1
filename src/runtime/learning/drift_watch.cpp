#include "runtime/learning/drift_watch.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

constexpr double most = 4; // deviations that one block counts

} // namespace

bool drift_watch::add(double x) {
  sum_ += x;
  if (++values_ < cfg_.block)
    return false;
  auto mean = sum_ / double(values_);
  sum_ = 0;
  values_ = 0;
  return add_block(mean);
}

bool drift_watch::add_block(double mean) {
  if (blocks_ < cfg_.reference) {
    ++blocks_;
    auto step = mean - mean_;
    mean_ += step / double(blocks_);
    squares_ += step * (mean - mean_); // Welford
    return false;
  }
  auto deviation = std::sqrt(squares_ / double(blocks_ - 1));
  auto z = std::clamp((mean - mean_) / std::max(deviation, 1e-9), -most, most);
  up_ = std::max(0., up_ + z - cfg_.tolerance);
  down_ = std::max(0., down_ - z - cfg_.tolerance);
  if (std::max(up_, down_) < cfg_.limit)
    return false;
  auto before = alarms_;
  *this = drift_watch{cfg_};
  alarms_ = before + 1;
  return true;
}

} // namespace vpaas
