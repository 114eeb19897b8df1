#pragma once

// What the system answers: the objects of each keyframe, once.

#include "runtime/fields.hpp"
#include "runtime/vision/box.hpp"

#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace vpaas {

/// Who gave an object its name.
enum class named_by : uint8_t {
  cloud,  ///< the detector, on the poor copy
  fog,    ///< the classifier, on the full-quality frame [IV-B]
  backup, ///< the fog's own detector, on the full-quality frame [VI-D]
};

constexpr auto names_of(named_by) {
  return std::array{"cloud", "fog", "backup"};
}

/// An object that was found and named.
struct found_object {
  box where;
  std::string label;
  float score = 0; ///< of the label, in [0, 1]
  named_by by = named_by::cloud;
  uint64_t track = 0; ///< the same through all frames; 0: unknown

  static constexpr auto type_name = "found_object";

  static constexpr auto fields() {
    using self = found_object;
    return std::make_tuple(field("where", &self::where),
                           field("label", &self::label),
                           field("score", &self::score), field("by", &self::by),
                           field("track", &self::track));
  }
};

/// What is on one keyframe. Known by (`stream`, `frame`); the ledger holds one
/// of each, a later `revision` in place of an earlier one.
struct frame_result {
  std::string stream;
  uint64_t frame = 0;      ///< its number in the stream
  int64_t pts_us = 0;      ///< in the stream's own time
  caf::timestamp captured; ///< when it arrived from the source
  caf::timestamp answered;
  caf::timespan processing{0}; ///< from the moment its chunk was complete
  uint64_t chunk = 0;          ///< number of the chunk's first frame
  std::string pipeline;        ///< the policy's decision: "high_low"
  named_by located = named_by::cloud; ///< whose boxes these are
  uint32_t regions = 0;               ///< that the cloud could not name
  uint32_t revision = 0;
  bool damaged = false; ///< of an incomplete picture
  std::vector<found_object> objects;

  static constexpr auto type_name = "frame_result";

  static constexpr auto fields() {
    using self = frame_result;
    return std::make_tuple(
      field("stream", &self::stream), field("frame", &self::frame),
      field("pts_us", &self::pts_us), field("captured", &self::captured),
      field("answered", &self::answered),
      field("processing", &self::processing), field("chunk", &self::chunk),
      field("pipeline", &self::pipeline), field("located", &self::located),
      field("regions", &self::regions), field("revision", &self::revision),
      field("damaged", &self::damaged), field("objects", &self::objects));
  }
};

/// Which results are asked for, in the order of stream and frame.
struct result_query {
  std::string stream; ///< empty: all
  uint64_t first = 0; ///< frame number
  uint64_t last = std::numeric_limits<int64_t>::max();
  uint64_t most = 1000; ///< results; the next are asked for with `after`
  /// With `after_frame` the last result of the page before; empty: none.
  std::string after;
  uint64_t after_frame = 0;
  caf::timestamp since; ///< captured then or later; 1970: whenever

  static constexpr auto type_name = "result_query";

  static constexpr auto fields() {
    using self = result_query;
    return std::make_tuple(
      field("stream", &self::stream), field("first", &self::first),
      field("last", &self::last), field("most", &self::most),
      field("after", &self::after), field("after_frame", &self::after_frame),
      field("since", &self::since));
  }
};

} // namespace vpaas
