#pragma once

#include "runtime/learning/crop_ranking.hpp"
#include "runtime/learning/drift_watch.hpp"
#include "runtime/learning/kept_crop.hpp"

#include <caf/timestamp.hpp>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// A crop that is asked about, and those that look like it.
struct ranked_crop {
  const kept_crop* crop;
  std::vector<std::string> alike; ///< their ids
};

/// Crops of all fogs that wait for a label: so many, the oldest go first. Those
/// of cameras whose scores have moved of late count for more.
class crop_pool {
public:
  explicit crop_pool(size_t most = 5000) : most_(most) {
    // nop
  }

  /// @returns whether the scores of its camera have moved with it
  bool add(kept_crop x, caf::timestamp now);

  /// It has a label now.
  void remove(const std::string& id);

  /// Null where it does not wait.
  const kept_crop* find(const std::string& id) const;

  /// Those that would teach most, the best first.
  /// @param fits which are asked for @param known features that have a label
  std::vector<ranked_crop>
  rank(const std::function<bool(const kept_crop&)>& fits,
       const std::vector<std::vector<float>>& known, size_t most,
       caf::timestamp now) const;

  /// Some of them, as they come.
  std::vector<const kept_crop*> sample(size_t most) const;

  size_t size() const {
    return crops_.size();
  }

private:
  /// The scores of one camera, and when they moved last.
  struct camera {
    drift_watch scores;
    caf::timestamp moved;
  };

  float doubt(const kept_crop& x, caf::timestamp now) const;

  size_t most_;
  std::map<std::string, kept_crop> crops_; ///< by id
  std::deque<std::string> order_;          ///< in which they came
  std::map<std::string, camera> cameras_;
};

} // namespace vpaas
