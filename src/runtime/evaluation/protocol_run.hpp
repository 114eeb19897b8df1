#pragma once

#include "runtime/evaluation/crop_embedder.hpp"
#include "runtime/evaluation/sighting.hpp"
#include "runtime/nn/second_look.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <vector>

namespace vpaas {

/// One keyframe on its way through the High and Low protocol [IV-B], up to the
/// point where heads name its regions.
struct protocol_frame {
  uint64_t frame = 0;                ///< its number in the stream
  std::vector<detection> found;      ///< all that the detector said
  std::vector<detection> labels;     ///< what the cloud named on the poor copy
  std::vector<region> regions;       ///< what it could only locate
  std::vector<float> features;       ///< [regions, d] of full-quality crops
  std::vector<truth_object> objects; ///< what is there
  std::vector<box> background;       ///< places beside the objects
  /// [objects and background, d], where it was asked for
  std::vector<float> object_features;
  std::vector<second_opinion> opinions{}; ///< of the regions, where asked for
  std::vector<truth_object> again{};      ///< what is there by a shifted frame
};

struct protocol_run {
  std::vector<protocol_frame> frames;
  size_t dimensions = 0;         ///< d
  uint64_t bytes = 0;            ///< of the copy
  bool repeated = false;         ///< whether frames have `again`
  std::vector<double> look_ms{}; ///< of the second look, a frame with regions
};

/// How keyframes go through the protocol.
struct protocol_config {
  encoder_config quality;
  region_filter_config filter;
  bool objects_too = false; ///< the backbone looks at the judge's boxes, and at
                            ///< background beside them, as well
  bool repeat = false;      ///< the judge is asked again about shifted frames
};

/// Who looks at the full-quality frames; either may be absent.
struct protocol_eyes {
  crop_embedder* embedder = nullptr;
  second_look* look = nullptr;
};

/// Sends the keyframes of `range` through the protocol: detector on the copy,
/// region filter, backbone and second look on crops of the original.
caf::expected<protocol_run>
run_protocol(const recording& x, const keyframe_range& range,
             const protocol_config& how, frame_detector& detector,
             const protocol_eyes& eyes, const teacher& judge);

} // namespace vpaas
