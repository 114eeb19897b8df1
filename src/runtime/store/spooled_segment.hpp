#pragma once

#include "runtime/fields.hpp"

#include <caf/timestamp.hpp>

#include <cstdint>

namespace vpaas {

/// A segment in a spool.
struct spooled_segment {
  uint64_t number = 0;
  uint32_t parts = 0;
  uint64_t first_frame = 0; ///< of its first part
  uint64_t frames = 0;      ///< of all parts
  uint64_t bytes = 0;       ///< of its parts as they are kept
  caf::timestamp captured;  ///< its first packet

  static constexpr auto type_name = "spooled_segment";

  static constexpr auto fields() {
    using self = spooled_segment;
    return std::make_tuple(
      field("number", &self::number), field("parts", &self::parts),
      field("first_frame", &self::first_frame), field("frames", &self::frames),
      field("bytes", &self::bytes), field("captured", &self::captured));
  }
};

} // namespace vpaas
