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

/// Calls `body(flags)`, which reads or writes two booleans as one byte. A byte
/// that was written when there was only the first reads the same.
template <class Inspector, class F>
caf::error inspect_flags(Inspector&, bool& first, bool& second, F body) {
  auto flags = static_cast<uint8_t>((first ? 1 : 0) | (second ? 2 : 0));
  auto err = body(flags);
  if constexpr (std::is_base_of_v<caf::deserializer, Inspector>) {
    first = (flags & 1) != 0;
    second = (flags & 2) != 0;
  }
  return err;
}

/// What a decoder must know before the first packet.
struct codec_parameters {
  std::string codec;        ///< FFmpeg's name: "h264", "hevc", "vp9"
  int32_t width = 0;        ///< pixels; 0 where only the packets know
  int32_t height = 0;       ///< pixels
  std::string pixel_format; ///< FFmpeg's name; only raw video needs it
  int32_t rotation = 0;     ///< degrees clockwise that turn it upright
  bool mirrored = false;    ///< then left and right change places
  /// Pictures that may stand in the bitstream before one that is shown before
  /// them, as far as the container or the first pictures tell.
  uint8_t reorder_depth = 0;
  int32_t matrix = 2; ///< ITU-T H.273 matrix coefficients; 2: not stated
  int32_t range = 0;  ///< 1 limited, 2 full, 0 not stated
  double fps = 0;     ///< average; 0 where unknown
  blob extradata;     ///< parameter sets, in the container's form

  static constexpr auto type_name = "codec_parameters";

  static constexpr auto fields() {
    using self = codec_parameters;
    return std::make_tuple(
      field("codec", &self::codec), field("width", &self::width),
      field("height", &self::height),
      field("pixel_format", &self::pixel_format),
      field("rotation", &self::rotation), field("mirrored", &self::mirrored),
      field("reorder_depth", &self::reorder_depth),
      field("matrix", &self::matrix), field("range", &self::range),
      field("fps", &self::fps), field("extradata", &self::extradata));
  }

  /// Without a name nothing but that travels: later parts of a chunk.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f,
                                                 codec_parameters& x) {
    if constexpr (is_binary<Inspector>) {
      if (auto err = f(x.codec); err || x.codec.empty())
        return err;
      auto shape = x.shape();
      caf::error err;
      auto each = [&](auto&... xs) {
        ((err = inspect_member(f, xs), !err) && ...);
      };
      each(x.width, x.height, x.pixel_format, shape, x.matrix, x.range, x.fps,
           x.extradata);
      if constexpr (std::is_base_of_v<caf::deserializer, Inspector>)
        x.set_shape(shape);
      return err;
    } else {
      return std::apply([&](auto... m) { return f((x.*(m.pointer))...); },
                        fields());
    }
  }

private:
  // On the wire one number, `rotation` in its lower half, so that what was
  // written when there was nothing else reads the same.
  int64_t shape() const {
    return rotation + (int64_t{reorder_depth * 2 + mirrored} << 32);
  }

  void set_shape(int64_t x) {
    rotation = static_cast<int32_t>(static_cast<uint32_t>(x));
    auto rest = (x - rotation) >> 32;
    mirrored = (rest & 1) != 0;
    reorder_depth = static_cast<uint8_t>(rest >> 1);
  }
};

/// One coded picture, both fields of an interlaced one; its bytes stand in the
/// segment.
struct packet {
  uint32_t size = 0;   ///< bytes
  bool key = false;    ///< decoding may start here
  bool hidden = false; ///< others are predicted from it; it is never shown
  int64_t pts_us = no_time;
  int64_t dts_us = no_time;
  caf::timestamp captured; ///< when it arrived from the source

  static constexpr auto type_name = "packet";

  static constexpr auto fields() {
    using self = packet;
    return std::make_tuple(
      field("size", &self::size), field("key", &self::key),
      field("hidden", &self::hidden), field("pts_us", &self::pts_us),
      field("dts_us", &self::dts_us), field("captured", &self::captured));
  }

  /// `hidden` shares the byte of `key` on the wire.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, packet& x) {
    if constexpr (is_binary<Inspector>)
      return inspect_flags(f, x.key, x.hidden, [&](auto& flags) {
        caf::error err;
        auto each = [&](auto&... xs) {
          ((err = inspect_member(f, xs), !err) && ...);
        };
        each(x.size, flags, x.pts_us, x.dts_us, x.captured);
        return err;
      });
    else
      return std::apply([&](auto... m) { return f((x.*(m.pointer))...); },
                        fields());
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
  uint32_t part = 0;        ///< 0 starts with an intra frame
  uint64_t first_frame = 0; ///< number of its first frame in display order
  /// Its times go on from others than those before it: the source was opened
  /// anew, or its clock jumped.
  bool discontinuity = false;
  /// Its pictures may be predicted from those before a discontinuity.
  bool connected = false;
  bool last = false; ///< the source ended after it
  bool live = false; ///< the source does not wait for who is slow
  codec_parameters codec;
  std::vector<packet> packets; ///< in decoding order
  blob bytes;

  static constexpr auto type_name = "segment";

  static constexpr auto fields() {
    using self = segment;
    return std::make_tuple(
      field("stream", &self::stream), field("number", &self::number),
      field("part", &self::part), field("first_frame", &self::first_frame),
      field("discontinuity", &self::discontinuity),
      field("connected", &self::connected), field("last", &self::last),
      field("live", &self::live), field("codec", &self::codec),
      field("packets", &self::packets), field("bytes", &self::bytes));
  }

  /// `connected` shares the byte of `discontinuity` on the wire.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, segment& x) {
    if constexpr (is_binary<Inspector>)
      return inspect_flags(f, x.discontinuity, x.connected, [&](auto& flags) {
        caf::error err;
        auto each = [&](auto&... xs) {
          ((err = inspect_member(f, xs), !err) && ...);
        };
        each(x.stream, x.number, x.part, x.first_frame, flags, x.last, x.live,
             x.codec, x.packets, x.bytes);
        return err;
      });
    else
      return std::apply(
        [&](auto... m) {
          return f(caf::meta::type_name(type_name), (x.*(m.pointer))...);
        },
        fields());
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

/// Frames of `x`: pictures that are shown.
inline uint64_t frames_in(const segment& x) {
  uint64_t result = 0;
  for (auto& p : x.packets)
    result += !p.hidden;
  return result;
}

/// Number of the frame behind the last of `x`.
inline uint64_t end_frame(const segment& x) {
  return x.first_frame + frames_in(x);
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
  return below(end_frame(x)) - below(x.first_frame);
}

} // namespace vpaas
