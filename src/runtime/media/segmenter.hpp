#pragma once

#include "runtime/media/segment.hpp"

#include <caf/timespan.hpp>

#include <optional>

namespace vpaas {

/// A packet that still belongs to whoever reads the source.
struct packet_view {
  const uint8_t* data = nullptr;
  size_t size = 0;
  bool key = false;
  int64_t pts_us = no_time;
  int64_t dts_us = no_time;
};

/// Where a stream is cut.
struct segment_limits {
  /// A segment ends at the first intra frame at or after this.
  caf::timespan min_time = std::chrono::seconds{1};
  /// A part leaves after this, intra frame or not: what a live keyframe waits.
  caf::timespan part_time = std::chrono::seconds{2};
  size_t max_packets = 512;    ///< of one part
  size_t max_bytes = 16 << 20; ///< of one part
  /// Pictures that may stand in the bitstream before one that is shown before
  /// them. A part is cut only where display order agrees with it.
  uint32_t reorder_depth = 0;
  /// Packets before the first time stamp are discarded too: a live stream
  /// begins with half a picture at times, which has none.
  bool wait_for_time = false;
};

/// How far a stream has been numbered.
struct stream_position {
  uint64_t segment = 0; ///< number of the last one; the first has 1
  uint64_t frame = 0;   ///< number of the next one
};

/// Cuts packets into segments and numbers their frames in display order. Pure:
/// no file, no clock, no decoding.
class segmenter {
public:
  segmenter(std::string stream, segment_limits limits,
            stream_position from = {});

  /// Starts over after the source was opened: what was not cut is lost, the
  /// numbers go on. Packets before the first intra frame are discarded.
  void restart(codec_parameters codec, uint32_t reorder_depth);

  /// Takes a packet and returns the part that it closes, if any.
  std::optional<segment> push(const packet_view& x, caf::timestamp captured);

  /// Returns what is left at the end of the source.
  std::optional<segment> finish();

  /// Packets that no decoder could have used: they came before an intra frame
  /// or, if so told, before a time stamp.
  uint64_t discarded() const {
    return discarded_;
  }

  /// Number of the next frame in display order.
  uint64_t next_frame() const {
    return next_frame_;
  }

private:
  bool continues(int64_t pts_us, int64_t dts_us) const;
  bool due(const packet_view& x) const;
  size_t cut_point() const;
  segment take(size_t count);
  void open_segment();
  int64_t time_of(int64_t dts_us, int64_t pts_us) const;

  std::string stream_;
  segment_limits limits_;
  codec_parameters codec_;
  bool started_ = false;
  bool discontinuity_ = false;
  uint64_t number_; ///< of the segment being filled
  uint32_t part_ = 0;
  uint64_t next_frame_;
  uint64_t discarded_ = 0;
  int64_t segment_start_us_ = no_time;
  std::vector<packet> packets_;
  std::vector<uint8_t> bytes_;
};

} // namespace vpaas
