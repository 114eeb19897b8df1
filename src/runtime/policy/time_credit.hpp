#pragma once

#include <caf/timespan.hpp>

#include <cstddef>

namespace vpaas {

/// How much may be on its way to somebody whose speed is not known before: as
/// many keyframes as are answered within a budget of time, at the time that
/// one took lately. Whoever sends more makes its own answers late, and those of
/// all others who ask there. Holds no clock.
class time_credit {
public:
  /// @param budget within which the last one that is sent shall be answered
  explicit time_credit(caf::timespan budget) : budget_(budget) {
    // nop
  }

  /// One was answered so long after it was sent.
  /// @param ahead how many were on their way then, itself included; more than 0
  void answered(size_t ahead, caf::timespan took);

  /// How many may be on their way, at least 1.
  size_t window() const {
    return within(budget_);
  }

  /// How many are answered within this time, at least 1; few before anything
  /// was measured.
  size_t within(caf::timespan time) const;

  /// Of one, while others wait; 0 before anything was measured.
  caf::timespan service() const {
    return service_;
  }

private:
  static constexpr size_t first = 8; ///< before anything was measured

  caf::timespan budget_;
  caf::timespan service_{0}; ///< smoothed
};

} // namespace vpaas
