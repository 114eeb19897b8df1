#pragma once

#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/keyframe_store.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// What it answers to `status`. `time` is that of decoding one segment.
struct decoder_status {
  uint64_t segments = 0; ///< or parts, since the start, as all but the held
  uint64_t bytes = 0;    ///< compressed
  latency time;
  latency fetch_time;
  decoder_counters decoded;
  keyframe_store_counters store;
  uint64_t failed = 0; ///< items that were answered with an error
  std::string last_problem;

  static constexpr auto type_name = "decoder_status";

  static constexpr auto fields() {
    using self = decoder_status;
    return std::make_tuple(
      field("segments", &self::segments), field("bytes", &self::bytes),
      field("time", &self::time), field("fetch_time", &self::fetch_time),
      field("decoded", &self::decoded), field("store", &self::store),
      field("failed", &self::failed),
      field("last_problem", &self::last_problem));
  }
};

/// The function `decoder`: segments of one stream in, keyframes in full quality
/// out, decoded once and in order [VI-B]. It keeps them until they are
/// released: pixels up to a bound, beyond it only the compressed segments. What
/// cannot be decoded comes out as lost, with the cause. Depends on nobody;
/// blocks: spawn it detached.
class decoder_function {
public:
  static constexpr auto name = "decoder";
  static constexpr auto verb = "decode";

  static function_spec spec();

  decoder_function(caf::scheduled_actor* self, const document& parameters);

  static bool takes(const item& x) {
    return x.value.get<segment>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how);

  /// Memory may change at any time, what a keyframe is may not.
  caf::error configure(const document& from, const document& to);

  decoder_status status() const;

  caf::expected<item> fetch(uint64_t number);

  caf::expected<item> decode_apart(const std::vector<segment>& parts);

  void release(uint64_t number);

  decoder_status counters;

private:
  decoder_config config_;
  void remember(const segment& x);

  std::string stream_; ///< of the first segment; no other may follow
  segment_run recent_; ///< this segment and the one before it, their parts
  decoder pictures_;
  keyframe_store store_;
  size_t most_coded_; ///< bytes of `recent_`
  histogram time_;
  histogram fetch_time_;
};

/// @pre `parameters` passed `check` against `decoder_function::spec()`
decoder_actor::behavior_type
stream_decoder(function_state<decoder_function, decoder_actor>::pointer self,
               document parameters);

} // namespace vpaas
