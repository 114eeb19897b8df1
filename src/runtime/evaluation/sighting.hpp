#pragma once

#include "runtime/evaluation/frame_detector.hpp"
#include "runtime/evaluation/recording.hpp"
#include "runtime/evaluation/teacher.hpp"
#include "runtime/media/encoder.hpp"

#include <caf/expected.hpp>

#include <optional>
#include <vector>

namespace vpaas {

/// What a detector said of one keyframe, and what is there.
struct sighting {
  uint64_t frame = 0; ///< its number in the stream
  std::vector<detection> found;
  std::vector<truth_object> objects; ///< as the judge says, if any
};

/// What a detector said of a recording, and what that took.
struct sightings {
  std::vector<sighting> frames;
  uint64_t bytes = 0;     ///< of the copy that it looked at; 0: the original
  std::vector<double> ms; ///< of the detector, a frame
};

/// Lets a detector look at every keyframe of `range`, or at the copy that the
/// fog would have sent where a quality is given. Blocks.
/// @param judge is asked about the originals, if there is one; frames that he
///        does not know are left out
caf::expected<sightings> look(const recording& x, const keyframe_range& range,
                              const std::optional<encoder_config>& quality,
                              frame_detector& detector,
                              const teacher* judge = nullptr);

/// Those boxes that are scored `threshold` or more.
std::vector<detection> sure(const std::vector<detection>& xs, float threshold);

} // namespace vpaas
