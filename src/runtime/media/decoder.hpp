#pragma once

#include "runtime/media/bitstream.hpp"
#include "runtime/media/frame.hpp"
#include "runtime/media/frame_count.hpp"
#include "runtime/media/healing.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace vpaas {

class picture_decoder;

struct decoder_config {
  /// A keyframe is a frame whose number is divisible by this (VI-B: 15).
  uint64_t every = 15;
  int threads = 1;
  /// Leave out pictures that no keyframe needs: those that nothing is
  /// predicted from, and those between the last keyframe that depends on them
  /// and the next clean start. No pixel of a keyframe changes by it.
  bool skip = true;
};

/// What became of the keyframes that were due.
struct decoded {
  std::vector<frame> frames;  ///< in display order
  std::vector<uint64_t> lost; ///< numbers of keyframes that will not come
  /// First cause, with the names of stream and segment; none if all is well.
  caf::error problem;
};

/// Counts of one decoder since it was made.
struct decoder_counters {
  uint64_t packets = 0;   ///< taken
  uint64_t skipped = 0;   ///< of those, never decoded
  uint64_t keyframes = 0; ///< handed on
  uint64_t damaged = 0;   ///< of those, guessed in part
  uint64_t lost = 0;      ///< keyframes that could not be decoded

  static constexpr auto type_name = "decoder_counters";

  static constexpr auto fields() {
    using self = decoder_counters;
    return std::make_tuple(
      field("packets", &self::packets), field("skipped", &self::skipped),
      field("keyframes", &self::keyframes), field("damaged", &self::damaged),
      field("lost", &self::lost));
  }
};

/// Decodes the segments of one stream once, in order, and keeps the keyframes.
/// Total: whatever comes in, each keyframe of it comes out, now or with a later
/// segment, as a frame or as lost. A gap between segments, or a stream that
/// was opened anew, starts over at the next intra frame. Where times give the
/// order of display, frames are numbered by it; else as they come out.
class decoder {
public:
  explicit decoder(decoder_config config);
  decoder(decoder&&) noexcept;
  decoder& operator=(decoder&&) noexcept;
  ~decoder();

  decoded decode(const segment& x);

  /// Returns what is still inside, at the end of the stream.
  decoded finish();

  const decoder_counters& counters() const {
    return counters_;
  }

private:
  /// A packet on its way through the decoder.
  struct ticket {
    uint64_t number = 0;
    uint64_t base = 0; ///< number of the first frame of its segment
    int64_t pts_us = no_time;
    caf::timestamp captured;
    bool counted = false; ///< its number is known when it comes out
    bool hidden = false;  ///< it has none
    bool wanted = false;
    bool leaf = false;    ///< nothing is predicted from it
    bool damaged = false; ///< parts of it are guessed
  };

  /// A packet that is decoded only if a later keyframe depends on it.
  struct deferred {
    blob bytes; ///< of its whole segment
    size_t offset = 0;
    size_t size = 0;
    int64_t dts_us = no_time;
    ticket about;
    packet_facts facts;
  };

  void decode(const segment& x, decoded& out);
  bool follows(const segment& x) const;
  caf::error check(const segment& x) const;
  caf::error prepare(const segment& x, decoded& out);
  caf::error open(const segment& x);
  std::vector<ticket> tickets(const segment& x,
                              const std::vector<size_t>& order) const;
  void step(deferred x, decoded& out);
  void feed_deferred(decoded& out);
  void drop_deferred();
  void feed(const deferred& x, decoded& out);
  void receive(decoded& out);
  std::optional<ticket> shown(int64_t id, bool broken, int64_t dts_us,
                              decoded& out);
  bool count(ticket& x, decoded& out);
  void expire(int64_t before, decoded& out);
  void lose(uint64_t number, decoded& out);
  void note(const caf::error& cause, decoded& out);
  void drain(decoded& out);

  decoder_config config_;
  decoder_counters counters_;
  std::unique_ptr<picture_decoder> pictures_;
  bitstream_rules rules_;
  codec_parameters codec_;
  bool running_ = false;
  segment_key last_;              ///< segment that came
  uint64_t base_ = 0;             ///< number of the first frame of its number
  int64_t last_dts_us_ = no_time; ///< in it
  frame_count count_;
  healing taint_;
  int64_t next_id_ = 0;
  std::map<int64_t, ticket> inside_;
  size_t waiting_ = 0; ///< keyframes among `inside_`
  std::deque<deferred> deferred_;
  std::set<uint64_t> due_; ///< keyframes that neither came nor were lost
};

} // namespace vpaas
