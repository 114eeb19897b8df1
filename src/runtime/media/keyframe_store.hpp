#pragma once

#include "runtime/media/decoder.hpp"

#include <caf/expected.hpp>

#include <deque>
#include <map>

namespace vpaas {

/// What a keyframe_store holds and did.
struct keyframe_store_counters {
  uint64_t keyframes = 0;        ///< held, in pixels or compressed
  uint64_t pixel_bytes = 0;      ///< of decoded keyframes
  uint64_t compressed_bytes = 0; ///< of segments
  uint64_t evicted = 0;          ///< pixels given up since the start
  uint64_t forgotten = 0;        ///< keyframes given up, compressed and all
  uint64_t decoded_again = 0;    ///< keyframes made from segments

  static constexpr auto type_name = "keyframe_store_counters";

  static constexpr auto fields() {
    using self = keyframe_store_counters;
    return std::make_tuple(field("keyframes", &self::keyframes),
                           field("pixel_bytes", &self::pixel_bytes),
                           field("compressed_bytes", &self::compressed_bytes),
                           field("evicted", &self::evicted),
                           field("forgotten", &self::forgotten),
                           field("decoded_again", &self::decoded_again));
  }
};

/// Holds the keyframes of one stream until they are answered: pixels up to a
/// bound, beyond it only the compressed segments, from which pixels are made
/// again. Of pixels the newest go first: answers come in order, so that they
/// are needed last.
/// Compressed segments have a bound of their own, beyond which the oldest
/// keyframes are given up.
class keyframe_store {
public:
  struct limits {
    size_t pixel_bytes = 256 << 20;   ///< of decoded keyframes
    size_t segment_bytes = 256 << 20; ///< compressed
  };

  /// @param config of the decoder that makes the keyframes
  keyframe_store(limits bounds, decoder_config config);

  void set(limits bounds);

  /// Takes a segment, before its keyframes.
  void add(const segment& x);

  /// Takes a keyframe of a segment that was added.
  void add(const frame& x);

  /// Returns a keyframe; decodes its segment again where its pixels are gone.
  /// @returns ec::not_found for a number that was not added or was released,
  ///          ec::codec where the segment does not give it any more.
  caf::expected<frame> get(uint64_t number);

  /// Forgets keyframes up to and including `number`, and the segments that no
  /// other keyframe needs.
  void release(uint64_t number);

  const keyframe_store_counters& counters() const {
    return counters_;
  }

private:
  void keep(uint64_t number, const frame& x);
  void drop(std::map<uint64_t, frame>::iterator i);
  void drop_segment();
  void evict();
  std::deque<segment>::const_iterator holder_of(uint64_t number) const;
  caf::expected<frame> decode_again(uint64_t number);
  bool decode_from(std::deque<segment>::const_iterator first,
                   std::deque<segment>::const_iterator last, uint64_t number,
                   frame& out);

  limits limits_;
  decoder_config config_;
  std::deque<segment> segments_;
  std::map<uint64_t, frame> frames_; ///< without pixels where evicted
  keyframe_store_counters counters_;
};

} // namespace vpaas
