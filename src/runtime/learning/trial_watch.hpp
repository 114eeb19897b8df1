#pragma once

#include "runtime/learning/heads_trial.hpp"
#include "runtime/learning/late_names.hpp"
#include "runtime/learning/one_vs_all.hpp"

#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// Heads on trial at a fog: which streams try them, and how they do beside
/// those that they may replace. All streams are judged by: what both say of a
/// crop is known wherever it was seen.
class trial_watch {
public:
  /// @param share of the streams that try new heads, in (0, 1]
  explicit trial_watch(double share = 1) : share_(share) {
    // nop
  }

  void begin(const std::string& version, one_vs_all live, one_vs_all next);

  void end();

  /// Empty: no heads are on trial.
  const std::string& version() const {
    return version_;
  }

  const trial_evidence& evidence() const {
    return evidence_;
  }

  /// A keyframe of this stream came, at this look.
  void heard_of(const std::string& stream, uint64_t look);

  /// Forgets streams that came last before this look.
  void forget_before(uint64_t look);

  /// In the order of their names.
  std::vector<std::string> streams() const;

  /// The fog was asked about these places of a keyframe.
  void saw(const std::string& stream, uint64_t frame,
           std::vector<taught_crop> crops);

  /// A result that comes after `saw` of its keyframe.
  void take(const frame_result& x);

private:
  double share_;
  std::string version_;
  one_vs_all live_, next_;
  trial_evidence evidence_;
  std::map<std::string, uint64_t> seen_; ///< look of the last keyframe
  late_names later_;
};

} // namespace vpaas
