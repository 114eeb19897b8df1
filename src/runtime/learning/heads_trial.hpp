#pragma once

#include "runtime/fields.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// How heads on trial did, against those that they may replace, on crops whose
/// name became known after both had spoken: from people, or from the cloud that
/// named the same object later.
struct trial_evidence {
  uint64_t judged = 0; ///< crops
  uint64_t gained = 0; ///< only the heads on trial were right
  uint64_t lost = 0;   ///< only the others were

  static constexpr auto type_name = "trial_evidence";

  static constexpr auto fields() {
    using self = trial_evidence;
    return std::make_tuple(field("judged", &self::judged),
                           field("gained", &self::gained),
                           field("lost", &self::lost));
  }

  trial_evidence& operator+=(const trial_evidence& x);

  /// A crop is `right`; those that are live said `before`, those on trial
  /// `now`.
  void note(const std::string& right, const std::string& before,
            const std::string& now);
};

enum class trial_verdict : uint8_t { open, keep, roll_back };

struct heads_trial_config {
  /// Wald's sequential test of whether two thirds of the crops on which both
  /// differ are lost, or a third: it ends where one side leads by so many. Five
  /// is wrong one time in 33, as 2^-5 [Wald 1945].
  uint64_t lead = 5;
  /// Without such a lead the trial ends after this: with those that lost no
  /// more than they gained.
  caf::timespan longest = std::chrono::minutes(10);
};

trial_verdict judge_trial(const trial_evidence& x, caf::timespan age,
                          const heads_trial_config& cfg = {});

/// Which of these streams try new heads first: one at least, and as many as
/// make this share; the same each time, by lot.
/// @param share in (0, 1]
std::vector<std::string> trial_streams(std::vector<std::string> streams,
                                       double share);

} // namespace vpaas
