#pragma once

// What a spool keeps: compressed segments whose keyframes wait for an answer.

#include "runtime/fields.hpp"
#include "runtime/media/segment.hpp"
#include "runtime/store/spooled_segment.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// How far a stream was taken from its camera: what must be known to go on
/// after a restart with each frame under one number.
struct spool_position {
  std::string camera;          ///< the actor and its process
  segment_key camera_key;      ///< the last part, in the camera's own counting
  uint64_t segment_offset = 0; ///< from the camera's counting to the stream's
  uint64_t frame_offset = 0;   ///< the same
  uint64_t next_segment = 0;   ///< in the stream's counting
  uint64_t next_frame = 0;     ///< the same

  static constexpr auto type_name = "spool_position";

  static constexpr auto fields() {
    using self = spool_position;
    return std::make_tuple(field("camera", &self::camera),
                           field("camera_key", &self::camera_key),
                           field("segment_offset", &self::segment_offset),
                           field("frame_offset", &self::frame_offset),
                           field("next_segment", &self::next_segment),
                           field("next_frame", &self::next_frame));
  }
};

/// What a spool knows of one stream.
struct spool_content {
  spool_position position;               ///< after the last part that was kept
  std::vector<spooled_segment> segments; ///< oldest first

  static constexpr auto type_name = "spool_content";

  static constexpr auto fields() {
    return std::make_tuple(field("position", &spool_content::position),
                           field("segments", &spool_content::segments));
  }
};

} // namespace vpaas
