#pragma once

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace vpaas {

/// When a supervisor gives up, as in OTP: more than `intensity` restarts within
/// `period`. `restarts` are times on one clock, oldest first, the one that is
/// being decided on included; `now` is a time on the same clock.
bool gives_up(const std::deque<caf::timespan>& restarts, caf::timespan now,
              size_t intensity, caf::timespan period);

/// The wait before a restart: `first` doubled for each failure before it, at
/// most `cap`, of which a random half is jitter.
/// @param failures failures in a row before this one
/// @param random evenly distributed in [0, 1)
/// @returns a time in [d / 2, d), d = min(cap, first * 2^failures)
caf::timespan restart_delay(caf::timespan first, caf::timespan cap,
                            size_t failures, double random);

} // namespace vpaas
