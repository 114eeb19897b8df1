#pragma once

// What the networks say about frames: a few bytes each, never pixels.

#include "runtime/blob.hpp"
#include "runtime/fields.hpp"
#include "runtime/learning/one_vs_all.hpp"
#include "runtime/vision/detection.hpp"
#include "runtime/vision/region_filter.hpp"

#include <caf/timespan.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// What a detector found on one frame.
struct frame_detections {
  uint64_t frame = 0; ///< its number in the stream
  std::vector<detection> found;

  static constexpr auto type_name = "frame_detections";

  static constexpr auto fields() {
    using self = frame_detections;
    return std::make_tuple(field("frame", &self::frame),
                           field("found", &self::found));
  }
};

/// What the function `detector` answers.
struct detections {
  std::string model;               ///< name and version of what looked
  std::vector<std::string> labels; ///< of the model, all of them
  region_filter_config thresholds; ///< that its card recommends
  std::vector<frame_detections> frames;

  static constexpr auto type_name = "detections";

  static constexpr auto fields() {
    using self = detections;
    return std::make_tuple(
      field("model", &self::model), field("labels", &self::labels),
      field("thresholds", &self::thresholds), field("frames", &self::frames));
  }
};

/// What the cloud says about one keyframe [IV-B].
struct frame_answer {
  uint64_t frame = 0;            ///< its number in the stream
  std::vector<detection> labels; ///< located and named
  std::vector<region> regions;   ///< located only

  static constexpr auto type_name = "frame_answer";

  static constexpr auto fields() {
    using self = frame_answer;
    return std::make_tuple(field("frame", &self::frame),
                           field("labels", &self::labels),
                           field("regions", &self::regions));
  }
};

/// What the cloud answers to a part of a chunk.
struct chunk_answer {
  std::string model; ///< name and version of the detector
  /// What labels and hints stand for: only names that occur.
  std::vector<std::string> names;
  std::vector<frame_answer> frames;
  caf::timespan decoding{0};  ///< of the part, waiting included
  caf::timespan detecting{0}; ///< the same

  static constexpr auto type_name = "chunk_answer";

  static constexpr auto fields() {
    using self = chunk_answer;
    return std::make_tuple(
      field("model", &self::model), field("names", &self::names),
      field("frames", &self::frames), field("decoding", &self::decoding),
      field("detecting", &self::detecting));
  }
};

/// What the function `classifier` answers: one name a region, in their order.
struct namings {
  std::string model;                ///< of backbone and heads
  std::vector<std::string> classes; ///< what the names' labels stand for
  std::vector<naming> regions;
  blob features; ///< floats [regions, width], for whoever learns; may be empty

  static constexpr auto type_name = "namings";

  static constexpr auto fields() {
    using self = namings;
    return std::make_tuple(
      field("model", &self::model), field("classes", &self::classes),
      field("regions", &self::regions), field("features", &self::features));
  }
};

} // namespace vpaas
