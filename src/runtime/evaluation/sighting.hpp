#pragma once

#include "runtime/evaluation/frame_detector.hpp"
#include "runtime/evaluation/recording.hpp"
#include "runtime/media/encoder.hpp"
#include "runtime/vision/truth.hpp"

#include <caf/expected.hpp>

#include <map>
#include <optional>
#include <vector>

namespace vpaas {

/// What a detector said of one keyframe.
struct sighting {
  uint64_t frame = 0; ///< its number in the stream
  std::vector<detection> found;
};

/// What a detector said of a recording, and what that took.
struct sightings {
  std::vector<sighting> frames;
  uint64_t bytes = 0;     ///< of the copy that it looked at; 0: the original
  std::vector<double> ms; ///< of the detector, a frame
};

/// Lets a detector look at every keyframe of `range`, or at the copy that the
/// fog would have sent where a quality is given. Blocks.
caf::expected<sightings> look(const recording& x, const keyframe_range& range,
                              const std::optional<encoder_config>& quality,
                              frame_detector& detector);

/// Those boxes that are scored `threshold` or more.
std::vector<detection> sure(const std::vector<detection>& xs, float threshold);

/// What is known to be in each frame, by its number.
using truth_table = std::map<uint64_t, std::vector<truth_object>>;

/// Takes a model's sure boxes for the truth.
truth_table truth_of(const sightings& xs, float threshold);

/// Reads a side file: one `frame_truth` a line, as JSON.
/// @returns ec::io, or ec::bad_input with file and line
caf::expected<truth_table> read_truth(const std::string& path);

} // namespace vpaas
