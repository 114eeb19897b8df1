#pragma once

#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

namespace vpaas {

/// Whether the wall clock may be believed where something is deleted for its
/// age. One reading proves nothing: a machine without a battery starts in 1970
/// or in 2099 until somebody sets its clock. It is believed once it has gone on
/// for `settling` as a steady clock does, since it was first read or jumped.
class clock_trust {
public:
  /// Steps of the wall clock below this are drift.
  static constexpr caf::timespan least_jump = std::chrono::minutes(1);

  /// How long it must go on without a jump.
  static constexpr caf::timespan settling = std::chrono::hours(1);

  /// @param wall, steady both clocks, read together
  clock_trust(caf::timestamp wall, caf::timespan steady);

  /// Reads both clocks again. @returns how far the wall clock jumped since the
  /// last time; 0 where it did not
  caf::timespan read(caf::timestamp wall, caf::timespan steady);

  /// As of the last reading.
  bool trusted() const;

private:
  caf::timestamp wall_;
  caf::timespan steady_;
  caf::timespan since_; ///< on the steady clock
};

} // namespace vpaas
