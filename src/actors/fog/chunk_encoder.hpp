#pragma once

#include "messages/protocol.hpp"
#include "runtime/media/encoder.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <array>
#include <optional>

namespace vpaas {

/// When the frames of a chunk leave.
enum class transport : uint8_t {
  streamed, ///< each in a part of its own, as soon as it is encoded
  whole,    ///< together, when the chunk is closed (the paper's)
};

constexpr auto names_of(transport) {
  return std::array{"streamed", "whole"};
}

/// The function `encoder`: keyframes of one stream in, parts of LQ chunks out
/// [IV-B]. A chunk closes by count or by time [VI-B], where the size of frames
/// changes, and where an item without frames comes. It is known by the number
/// of its first frame. A frame that cannot be encoded comes out as lost.
/// Depends on nobody; blocks: spawn it detached.
function_spec encoder_spec();

/// What it answers to `status`. `time` is that of encoding one keyframe.
struct chunk_encoder_status {
  std::string backend; ///< FFmpeg's name; empty before the first frame
  std::string reason;  ///< why it is not a better one
  uint64_t frames = 0; ///< encoded, since the start
  uint64_t chunks = 0; ///< begun
  uint64_t bytes = 0;
  uint64_t lost = 0;
  uint64_t held = 0; ///< frames of a chunk that is not closed, if `whole`
  latency time;
  std::string last_problem;

  static constexpr auto type_name = "chunk_encoder_status";

  static constexpr auto fields() {
    using self = chunk_encoder_status;
    return std::make_tuple(
      field("backend", &self::backend), field("reason", &self::reason),
      field("frames", &self::frames), field("chunks", &self::chunks),
      field("bytes", &self::bytes), field("lost", &self::lost),
      field("held", &self::held), field("time", &self::time),
      field("last_problem", &self::last_problem));
  }
};

struct chunk_encoder_state {
  static inline const char* name = "encoder";

  explicit chunk_encoder_state(
    function_actor::stateful_pointer<chunk_encoder_state> self);

  caf::result<item> apply(const item& x);

  /// Holds from the next chunk on.
  caf::result<document> configure(const document& x);

  status_report status() const;

  void add(const frame& x, chunks& out);

  /// Whether the running chunk is full with `x`, its newest frame.
  bool full(const frame& x) const;

  void close(chunks& out);

  function_actor::stateful_pointer<chunk_encoder_state> self;
  document parameters;
  std::string stream;
  std::optional<encoder> pictures;
  uint64_t in_chunk = 0; ///< frames of the running chunk; 0: none runs
  frame_info first;      ///< of the running chunk
  std::vector<chunk> held;
  transport how = transport::streamed; ///< of the running chunk
  histogram time;
  chunk_encoder_status counters;
};

/// @pre `parameters` passed `check` against `encoder_spec().parameters`
function_actor::behavior_type
chunk_encoder(function_actor::stateful_pointer<chunk_encoder_state> self,
              document parameters);

} // namespace vpaas
