#pragma once

#include "runtime/blob.hpp"
#include "runtime/fields.hpp"

#include <caf/timestamp.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace vpaas {

/// A time stamp that the source did not give.
inline constexpr int64_t no_time = std::numeric_limits<int64_t>::min();

/// What a decoder must know before the first packet.
struct codec_parameters {
  std::string codec;        ///< FFmpeg's name: "h264", "hevc", "vp9"
  int32_t width = 0;        ///< pixels; 0 where only the packets know
  int32_t height = 0;       ///< pixels
  std::string pixel_format; ///< FFmpeg's name; only raw video needs it
  int32_t rotation = 0;     ///< degrees clockwise that turn it upright
  int32_t matrix = 2;       ///< ITU-T H.273 matrix coefficients; 2: not stated
  int32_t range = 0;        ///< 1 limited, 2 full, 0 not stated
  double fps = 0;           ///< average; 0 where unknown
  blob extradata;           ///< parameter sets, in the container's form

  static constexpr auto type_name = "codec_parameters";

  static constexpr auto fields() {
    using self = codec_parameters;
    return std::make_tuple(
      field("codec", &self::codec), field("width", &self::width),
      field("height", &self::height),
      field("pixel_format", &self::pixel_format),
      field("rotation", &self::rotation), field("matrix", &self::matrix),
      field("range", &self::range), field("fps", &self::fps),
      field("extradata", &self::extradata));
  }

  /// Without a name nothing but that travels: later parts of a chunk.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f,
                                                 codec_parameters& x) {
    return std::apply(
      [&](auto name, auto... rest) -> typename Inspector::result_type {
        if constexpr (is_binary<Inspector>) {
          auto err = f(x.*(name.pointer));
          if (err || x.codec.empty())
            return err;
          ((err = inspect_member(f, x.*(rest.pointer)), !err) && ...);
          return err;
        } else {
          return f(x.*(name.pointer), (x.*(rest.pointer))...);
        }
      },
      fields());
  }
};

/// One coded picture; its bytes stand in the segment.
struct packet {
  uint32_t size = 0; ///< bytes
  bool key = false;  ///< decoding may start here
  int64_t pts_us = no_time;
  int64_t dts_us = no_time;
  caf::timestamp captured; ///< when it arrived from the source

  static constexpr auto type_name = "packet";

  static constexpr auto fields() {
    using self = packet;
    return std::make_tuple(field("size", &self::size), field("key", &self::key),
                           field("pts_us", &self::pts_us),
                           field("dts_us", &self::dts_us),
                           field("captured", &self::captured));
  }
};

/// Compressed pictures from one intra frame to a later one, as the source
/// made them. A long segment travels in parts, so that its first keyframe is
/// analysed before its last is filmed; a part needs the parts before it.
/// Known by (`stream`, `number`, `part`).
/// @invariant the sizes of `packets` add up to `bytes.size()`
struct segment {
  std::string stream;
  uint64_t number = 0;
  uint32_t part = 0;          ///< 0 starts with an intra frame
  uint64_t first_frame = 0;   ///< number of its first frame in display order
  bool discontinuity = false; ///< the source was opened anew before it
  bool last = false;          ///< the source ended after it
  bool live = false;          ///< the source does not wait for who is slow
  codec_parameters codec;
  std::vector<packet> packets; ///< in decoding order
  blob bytes;

  static constexpr auto type_name = "segment";

  static constexpr auto fields() {
    using self = segment;
    return std::make_tuple(
      field("stream", &self::stream), field("number", &self::number),
      field("part", &self::part), field("first_frame", &self::first_frame),
      field("discontinuity", &self::discontinuity), field("last", &self::last),
      field("live", &self::live), field("codec", &self::codec),
      field("packets", &self::packets), field("bytes", &self::bytes));
  }
};

/// Where a receiver stands in a stream: the last part that arrived.
struct segment_key {
  uint64_t number = 0; ///< 0: none arrived yet
  uint32_t part = 0;

  static constexpr auto type_name = "segment_key";

  static constexpr auto fields() {
    return std::make_tuple(field("number", &segment_key::number),
                           field("part", &segment_key::part));
  }

  friend bool operator<(const segment_key& a, const segment_key& b) {
    return std::tie(a.number, a.part) < std::tie(b.number, b.part);
  }
};

inline segment_key key_of(const segment& x) {
  return {x.number, x.part};
}

/// The keyframes among so many frames: those whose numbers `every` divides.
/// @pre `every > 0`
inline std::vector<uint64_t> keyframes_of(uint64_t first_frame, uint64_t frames,
                                          uint64_t every) {
  std::vector<uint64_t> result;
  auto n = (first_frame + every - 1) / every * every;
  for (; n < first_frame + frames; n += every)
    result.push_back(n);
  return result;
}

/// Returns how many keyframes `x` holds: frame numbers divisible by `every`.
/// @pre `every > 0`
inline uint64_t keyframes_in(const segment& x, uint64_t every) {
  auto below = [every](uint64_t n) { return (n + every - 1) / every; };
  return below(x.first_frame + x.packets.size()) - below(x.first_frame);
}

} // namespace vpaas
