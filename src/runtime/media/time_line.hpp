#pragma once

#include "runtime/media/segment.hpp"

namespace vpaas {

/// How far a stream has come, whatever its time stamps do: they may be absent,
/// repeat, stand still, or jump at midnight, with daylight saving, a wrap, an
/// encoder that was started again. Pure.
class time_line {
public:
  /// Where a picture stands.
  struct place {
    int64_t at_us = 0;   ///< since the start; never goes back
    bool jumped = false; ///< the stamp goes on from another one
  };

  /// Begins anew; what was reached stays.
  /// @param fps of pictures without usable times; 0: 25
  /// @param live the line does not stay behind the time of arrival
  void restart(double fps, bool live);

  /// @param time_us of the picture in decoding order, or `no_time`
  /// @param arrived when it came, if that tells how much time has passed
  place advance(int64_t time_us, caf::timestamp arrived);

  /// What a picture takes where its time does not tell.
  int64_t nominal_us() const {
    return nominal_us_;
  }

private:
  int64_t at_us_ = 0;
  int64_t arrived_us_ = 0; ///< the same by arrival
  int64_t last_us_ = no_time;
  int64_t nominal_us_ = 40'000;
  caf::timestamp arrived_;
  bool any_ = false;
  bool live_ = false;
};

} // namespace vpaas
