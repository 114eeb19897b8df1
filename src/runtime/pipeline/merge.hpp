#pragma once

#include "runtime/learning/one_vs_all.hpp"
#include "runtime/pipeline/pipeline.hpp"
#include "runtime/result.hpp"
#include "runtime/vision/detection.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// What one stage says about one keyframe. Points at what others own; null:
/// it says nothing of the kind.
struct claims {
  named_by by = named_by::cloud;
  const std::vector<std::string>* names = nullptr; ///< what labels stand for
  const std::vector<detection>* labels = nullptr;
  float from = 0; ///< labels below this score do not count
  const std::vector<region>* regions = nullptr; ///< located only
  /// Of `regions`, one each: then `names` are those of the namings.
  const std::vector<naming>* namings = nullptr;
};

/// The one result of a keyframe.
struct merged {
  std::vector<found_object> objects;
  uint32_t regions = 0; ///< that came without a name
  uint32_t labels = 0;  ///< of the objects: found and named together
  uint32_t hinted = 0;  ///< of the objects: regions called by their hint
  uint32_t named = 0;   ///< of the objects: regions that were named
};

/// Labels first, in the order of `xs`, then regions under the names that they
/// got [IV-B]. A region is called by its hint only where nobody was asked to
/// name it and the hint is sure enough.
merged merge(const std::vector<claims>& xs, const merge_spec& how);

/// What a number stands for; the number itself where that is not known.
std::string name_at(const std::vector<std::string>& names, int32_t i);

} // namespace vpaas
