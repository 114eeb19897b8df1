#pragma once

#include <caf/timespan.hpp>

#include <algorithm>
#include <cstdint>

namespace vpaas {

/// How long an actor that blocks has given no sign of life, in ticks of the one
/// who watches it: when the whole process stood still for a while, one tick is
/// late, and nobody is blamed. Signs of life are answers from its mailbox and
/// the beats of its thread (runtime/pulse). Holds no clock.
class silence {
public:
  static constexpr uint32_t ticks_to_stall = 4;

  /// @param stall_after longest silence of one that lives; it is noticed then,
  /// or a tick later
  explicit silence(caf::timespan stall_after)
    : period_(std::max(stall_after / ticks_to_stall, caf::timespan{1})) {
    // nop
  }

  /// From one tick to the next.
  caf::timespan period() const {
    return period_;
  }

  /// It answered.
  void broken() {
    ticks_ = 0;
  }

  /// A period passed. @param allowed for the step at hand, 0: the usual
  /// @returns whether it was silent for too long
  bool tick(uint64_t beats, caf::timespan allowed) {
    if (beats > beats_)
      ticks_ = 0;
    beats_ = std::max(beats, beats_);
    auto bound = std::max<int64_t>(ticks_to_stall, allowed / period_);
    return ++ticks_ > bound;
  }

private:
  caf::timespan period_;
  int64_t ticks_ = 0;
  uint64_t beats_ = 0;
};

} // namespace vpaas
