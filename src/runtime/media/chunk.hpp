#pragma once

#include "runtime/media/segment.hpp"

namespace vpaas {

/// One coded keyframe; its bytes stand in the chunk.
struct coded_frame {
  uint64_t number = 0; ///< of the frame in its stream
  uint32_t size = 0;   ///< bytes
  int64_t pts_us = no_time;
  caf::timestamp captured;
  bool damaged = false; ///< see frame_info

  static constexpr auto type_name = "coded_frame";

  static constexpr auto fields() {
    using self = coded_frame;
    return std::make_tuple(
      field("number", &self::number), field("size", &self::size),
      field("pts_us", &self::pts_us), field("captured", &self::captured),
      field("damaged", &self::damaged));
  }
};

/// Keyframes encoded anew: raw H.264 in Annex B, one IDR first, parameter sets
/// in band, so that each chunk decodes alone. It travels as a whole or in
/// parts, each keyframe as soon as it is encoded; a part needs the parts
/// before it. Known by (`stream`, `seq`, `part`).
/// @invariant the sizes of `frames` add up to `bytes.size()`
struct chunk {
  std::string stream;
  uint64_t seq = 0;
  uint16_t part = 0; ///< 0 starts with the IDR
  /// Counts the sender's connections: nobody waits any more for what was sent
  /// by an earlier one.
  uint64_t epoch = 0;
  /// Differs each time that a part is sent: its bytes, where they come by
  /// themselves, are those of one attempt.
  uint32_t attempt = 0;
  bool live = false;      ///< the source does not wait: before those that can
  bool last = true;       ///< no part follows
  codec_parameters codec; ///< of part 0; later ones leave it out
  std::vector<coded_frame> frames; ///< in display order, which is coding order
  blob bytes;

  static constexpr auto type_name = "chunk";

  static constexpr auto fields() {
    using self = chunk;
    return std::make_tuple(
      field("stream", &self::stream), field("seq", &self::seq),
      field("part", &self::part), field("epoch", &self::epoch),
      field("attempt", &self::attempt), field("live", &self::live),
      field("last", &self::last), field("codec", &self::codec),
      field("frames", &self::frames), field("bytes", &self::bytes));
  }
};

/// Chunks, or parts of them, that are complete at the same moment.
struct chunks {
  std::vector<chunk> parts;
  std::vector<uint64_t> lost; ///< keyframes that no chunk will hold

  static constexpr auto type_name = "chunks";

  static constexpr auto fields() {
    return std::make_tuple(field("parts", &chunks::parts),
                           field("lost", &chunks::lost));
  }
};

/// Joins parts of one chunk, in order, into one part.
/// @pre `parts` is not empty
chunk join(const std::vector<chunk>& parts);

} // namespace vpaas
