#pragma once

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vpaas {

/// A crop that somebody could name.
struct rankable_crop {
  std::vector<float> features; ///< [d]
  /// How little the fog knew, in [0, 1]: 1 where two names were as likely.
  float uncertainty = 1;
  caf::timespan age{0};
};

struct crop_ranking_config {
  size_t most = 20;    ///< crops that are chosen
  size_t sample = 100; ///< of crops by which density is measured
  caf::timespan fades = std::chrono::hours(6); ///< to half its worth
  uint64_t seed = 1;
};

/// Which crops teach most a second of a person's time, the best first:
/// uncertain ones that many others look like, of late, and unlike those that
/// were chosen before them or have a label already [active learning by
/// uncertainty x density x diversity, Settles 2009, section 5.4]. Features are
/// compared by the cosine of their angle. Costs most x crops dot products.
/// @param known features of crops that have a label
/// @returns indices of `xs`
std::vector<size_t> rank_crops(const std::vector<rankable_crop>& xs,
                               const std::vector<std::vector<float>>& known,
                               const crop_ranking_config& cfg = {});

/// How little heads know of a crop: the distance of its best score to where the
/// head says yes, and to the second best, whichever is smaller, 1 where there
/// is none.
float uncertainty_of(const std::vector<float>& scores,
                     const std::vector<float>& thresholds);

/// The cosine of the angle between two features of the same length; 0 where one
/// has none.
float likeness(const std::vector<float>& a, const std::vector<float>& b);

} // namespace vpaas
