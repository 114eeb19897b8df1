#pragma once

#include <cstdint>

namespace vpaas {

struct drift_watch_config {
  uint64_t block = 25;     ///< values whose mean counts as one
  uint64_t reference = 40; ///< blocks that say what is usual
  /// Change of a block's mean that does not matter, in usual deviations.
  double tolerance = 0.75;
  /// Sum of what is beyond it that is an alarm. Of independent blocks about one
  /// in exp(2 tolerance limit) rings by chance.
  double limit = 10;
};

/// Whether the mean of a series has moved: Page's test (Page 1954), upwards and
/// downwards. It is the fastest test for a given rate of false alarms (Lorden
/// 1971), and needs two numbers. Values are taken in blocks, as what follows
/// each other on a street is alike, and scaled by mean and deviation of the
/// first blocks, so that its rate does not depend on what is watched. A block
/// counts up to four deviations.
class drift_watch {
public:
  explicit drift_watch(drift_watch_config cfg = {}) : cfg_(cfg) {
    // nop
  }

  /// @returns whether this value makes it an alarm; what comes after it is the
  /// new usual.
  bool add(double x);

  uint64_t alarms() const {
    return alarms_;
  }

private:
  bool add_block(double mean);

  drift_watch_config cfg_;
  uint64_t values_ = 0, blocks_ = 0; ///< of this block; of the reference
  double sum_ = 0, mean_ = 0, squares_ = 0, up_ = 0, down_ = 0;
  uint64_t alarms_ = 0;
};

} // namespace vpaas
