#pragma once

#include "runtime/media/bitstream.hpp"
#include "runtime/media/segment.hpp"
#include "runtime/media/time_line.hpp"

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
  bool hidden = false; ///< the container says that it is not to be shown
  /// What decoders must know from here on, where it is something else.
  const codec_parameters* changed = nullptr;
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
  /// Packets come as time passes: arrival bounds parts too, and pictures at the
  /// start that have no time take theirs from the first that has one.
  bool live = false;
};

/// How far a stream has been numbered.
struct stream_position {
  uint64_t segment = 0; ///< number of the last one; the first has 1
  uint64_t frame = 0;   ///< number of the next one
};

/// Puts pictures together from packets, cuts them into segments and numbers
/// their frames in display order. A picture is known by its headers, not by
/// its time: times may repeat, stand still or jump. Pure: no file, no clock, no
/// decoding.
class segmenter {
public:
  segmenter(std::string stream, segment_limits limits,
            stream_position from = {});

  /// Starts over after the source was opened: what was not cut is lost, the
  /// numbers go on. Packets before the first picture at which decoding may
  /// start are discarded.
  void restart(codec_parameters codec, uint32_t reorder_depth);

  /// Takes a packet and returns the part that it closes, if any.
  std::optional<segment> push(const packet_view& x, caf::timestamp captured);

  /// Returns what is left at the end of the source.
  std::optional<segment> finish();

  /// Pictures that no decoder could have used: they came before one at which
  /// decoding may start.
  uint64_t discarded() const {
    return discarded_;
  }

  /// Number of the next frame in display order.
  uint64_t next_frame() const {
    return next_frame_;
  }

private:
  /// A picture on its way into the segment.
  struct arrival {
    const packet_view& view;
    packet_facts facts;
    int64_t pts_us, dts_us;
    time_line::place now;
    caf::timestamp captured;
  };

  std::optional<segment> change(const packet_view& x);
  bool waits_for_start(const packet_view& x, const packet_facts& facts);
  std::optional<segment> cut(const arrival& x);
  void begin(const arrival& x);
  void open_segment(int64_t at_us);
  bool hide(const arrival& x);
  void give_times(int64_t first_us);
  void append(const packet_view& x);
  bool due(const arrival& x) const;
  size_t cut_point() const;
  segment take(size_t count);

  std::string stream_;
  segment_limits limits_;
  codec_parameters codec_;
  std::optional<codec_parameters> next_codec_; ///< of the next segment
  bitstream_rules rules_;
  time_line line_;
  bool started_ = false;
  bool reopened_ = false;          ///< since the last segment began
  bool jumped_ = false;            ///< the same, of its times
  bool recovering_ = false;        ///< decoding began in a gradual refresh
  bool leading_ = false;           ///< pictures that need others may still come
  int64_t start_pts_us_ = no_time; ///< where decoding began
  uint64_t number_;                ///< of the segment being filled
  uint32_t part_ = 0;
  bool discontinuity_ = false; ///< of that segment
  bool connected_ = false;
  uint64_t next_frame_;
  uint64_t discarded_ = 0;
  int64_t segment_at_us_ = 0; ///< where it begins on the line
  bool timed_ = false;        ///< a picture of this source had a time
  std::vector<uint8_t> sets_; ///< for the next picture
  std::vector<packet> packets_;
  std::vector<int64_t> places_; ///< of the packets, on the line
  std::vector<uint8_t> bytes_;
};

} // namespace vpaas
