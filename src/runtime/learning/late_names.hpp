#pragma once

#include "runtime/learning/taught_crop.hpp"
#include "runtime/result.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

struct late_names_config {
  size_t frames = 32;   ///< of all streams, whose results have not come
  size_t tracks = 1000; ///< that the cloud may still name
};

/// Crops that the fog was asked about, and what the cloud called the same
/// object on a later keyframe: its track says that it is the same. A cloud that
/// sees more of an object than before knows it better than either did.
class late_names {
public:
  explicit late_names(late_names_config cfg = {}) : cfg_(cfg) {
    // nop
  }

  /// The fog was asked about these places of a keyframe.
  /// @param crops without labels
  void saw(const std::string& stream, uint64_t frame,
           std::vector<taught_crop> crops);

  /// A result that comes after `saw` of its keyframe.
  /// @returns crops of earlier keyframes whose name is known now, each once
  std::vector<taught_crop> take(const frame_result& x);

private:
  using track_key = std::pair<std::string, uint64_t>;

  struct seen_frame {
    std::string stream;
    uint64_t frame = 0;
    std::vector<taught_crop> crops;
  };

  struct unnamed {
    taught_crop crop;
    uint64_t frame = 0;
    uint64_t order = 0; ///< of its coming
  };

  void remember(const track_key& track, uint64_t frame, taught_crop crop);

  late_names_config cfg_;
  std::deque<seen_frame> frames_;
  std::map<track_key, unnamed> tracks_;
  std::map<uint64_t, track_key> oldest_; ///< by order
  uint64_t order_ = 0;
};

} // namespace vpaas
