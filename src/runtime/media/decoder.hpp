#pragma once

#include "runtime/media/bitstream.hpp"
#include "runtime/media/frame.hpp"

#include <deque>
#include <map>
#include <memory>
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
/// was opened anew, starts over at the next intra frame.
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
    int64_t pts_us = no_time;
    caf::timestamp captured;
    bool counted = false; ///< its number is known when it comes out
    bool wanted = false;
    bool leaf = false;    ///< nothing is predicted from it
    bool tainted = false; ///< predicted from a picture that had an error
  };

  /// A packet that is decoded only if a later keyframe depends on it.
  struct deferred {
    blob bytes; ///< of its whole segment
    size_t offset = 0;
    size_t size = 0;
    ticket about;
    bool clean_start = false;
  };

  bool follows(const segment& x) const;
  caf::error check(const segment& x) const;
  caf::error prepare(const segment& x, decoded& out);
  std::vector<ticket> tickets(const segment& x) const;
  void step(deferred x, decoded& out);
  void feed_deferred(decoded& out);
  void drop_deferred();
  void feed(const deferred& x, decoded& out);
  void receive(decoded& out);
  void hand_on(frame x, decoded& out);
  void lose(uint64_t number, decoded& out);
  void note(const caf::error& cause, decoded& out);
  void taint();
  void drain(decoded& out);

  decoder_config config_;
  decoder_counters counters_;
  std::unique_ptr<picture_decoder> pictures_;
  bitstream_rules rules_;
  codec_parameters codec_;
  bool running_ = false;
  uint64_t number_ = 0; ///< of the last segment
  uint32_t part_ = 0;
  bool counting_ = false;   ///< the last part had no usable times
  uint64_t next_shown_ = 0; ///< then its frames are counted as they come out
  bool tainted_ = false;
  int64_t next_id_ = 0;
  std::map<int64_t, ticket> inside_;
  size_t waiting_ = 0; ///< keyframes among `inside_`
  std::deque<deferred> deferred_;
  std::set<uint64_t> due_; ///< keyframes that neither came nor were lost
};

} // namespace vpaas
