#pragma once

#include "messages/protocol.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/keyframe_store.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <optional>

namespace vpaas {

/// The function `decoder`: segments of one stream in, keyframes in full quality
/// out, decoded once and in order [VI-B]. It keeps them until they are
/// released: pixels up to a bound, beyond it only the compressed segments. What
/// cannot be decoded comes out as lost, with the cause. Depends on nobody;
/// blocks: spawn it detached.
function_spec decoder_spec();

/// What it answers to `status`. `time` is that of decoding one segment.
struct stream_decoder_status {
  uint64_t segments = 0; ///< or parts, since the start, as all but the held
  uint64_t bytes = 0;    ///< compressed
  latency time;
  latency fetch_time;
  decoder_counters decoded;
  keyframe_store_counters store;
  std::string last_problem;

  static constexpr auto type_name = "stream_decoder_status";

  static constexpr auto fields() {
    using self = stream_decoder_status;
    return std::make_tuple(
      field("segments", &self::segments), field("bytes", &self::bytes),
      field("time", &self::time), field("fetch_time", &self::fetch_time),
      field("decoded", &self::decoded), field("store", &self::store),
      field("last_problem", &self::last_problem));
  }
};

struct stream_decoder_state {
  static inline const char* name = "decoder";

  explicit stream_decoder_state(
    decoder_actor::stateful_pointer<stream_decoder_state> self);

  caf::result<item> apply(const item& x);

  /// Memory may change at any time, what a keyframe is may not.
  caf::result<document> configure(const document& x);

  caf::result<item> fetch(uint64_t number);

  caf::result<item> decode_apart(const std::vector<segment>& parts);

  void release(uint64_t number);

  status_report status() const;

  decoder_actor::stateful_pointer<stream_decoder_state> self;
  document parameters;
  std::string stream; ///< of the first segment; no other may follow
  std::optional<decoder> pictures;
  std::optional<keyframe_store> store;
  histogram time;
  histogram fetch_time;
  stream_decoder_status counters;
};

/// @pre `parameters` passed `check` against `decoder_spec().parameters`
decoder_actor::behavior_type
stream_decoder(decoder_actor::stateful_pointer<stream_decoder_state> self,
               document parameters);

} // namespace vpaas
