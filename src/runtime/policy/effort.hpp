#pragma once

#include <caf/timespan.hpp>

#include <chrono>

namespace vpaas {

/// How much of its work somebody does who helps others where there is time: all
/// of it on an idle machine, less the moment that others want the processor or
/// its own answers come late, nothing where that is not enough. Additive
/// increase, multiplicative decrease. Holds no clock.
class effort {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct config {
    /// A run that takes longer holds results up.
    caf::timespan patience = std::chrono::milliseconds(150);
    /// A run of which the processor was given less was in somebody's way.
    double share_of_processor = .7;
    caf::timespan rest = std::chrono::seconds(1); ///< where nothing is done
  };

  effort() = default;

  explicit effort(config cfg) : cfg_(cfg) {
    // nop
  }

  /// A run ended.
  /// @param took from its begin to its end
  /// @param worked of that, on a processor
  void ran(time_point now, caf::timespan took, caf::timespan worked);

  /// Of all that it might do, in [0, 1].
  double share(time_point now);

private:
  static constexpr double step = 1. / 16;

  config cfg_;
  double share_ = 1;
  time_point resting_until_{};
};

} // namespace vpaas
