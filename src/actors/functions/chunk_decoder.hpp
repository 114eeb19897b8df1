#pragma once

#include "actors/alarm.hpp"
#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/chunk_decoder.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>

namespace vpaas {

/// What it answers to `status`. `time` is that of one part.
struct chunk_decoder_status {
  uint64_t parts = 0;  ///< answered with keyframes, since the start
  uint64_t failed = 0; ///< answered with an error
  uint64_t frames = 0;
  uint64_t damaged = 0; ///< of the frames: parts of the picture are guessed
  uint64_t bytes = 0;
  uint64_t streams = 0; ///< for which a decoder is held
  uint64_t evicted = 0; ///< decoders that made room for another stream's
  uint64_t expired = 0; ///< decoders that rested for too long
  latency time;
  std::string last_problem;

  static constexpr auto type_name = "chunk_decoder_status";

  static constexpr auto fields() {
    using self = chunk_decoder_status;
    return std::make_tuple(
      field("parts", &self::parts), field("failed", &self::failed),
      field("frames", &self::frames), field("damaged", &self::damaged),
      field("bytes", &self::bytes), field("streams", &self::streams),
      field("evicted", &self::evicted), field("expired", &self::expired),
      field("time", &self::time), field("last_problem", &self::last_problem));
  }
};

/// The function `chunk_decoder`: parts of LQ chunks in, keyframes out, many
/// streams side by side [IV-B]. The parts of a stream come in order; one that
/// cannot be decoded is answered with why, and the next chunk works again. What
/// was decoded of a chunk dies with the actor: its later parts are errors.
/// Depends on nobody; blocks: spawn it detached.
class chunk_decoder_function {
public:
  static constexpr auto name = "chunk_decoder";
  static constexpr auto verb = "decode";

  static function_spec spec();

  chunk_decoder_function(caf::scheduled_actor* self,
                         const document& parameters);

  static bool takes(const item& x) {
    return x.value.get<chunk>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how);

  /// Threads hold for streams that come from now on.
  caf::error configure(const document& from, const document& to);

  chunk_decoder_status status() const;

  chunk_decoder_status counters;

private:
  /// The decoder of one stream.
  struct session {
    chunk_decoder pictures;
    alarm::time_point used;
  };

  session& session_of(const std::string& stream);

  void evict_oldest();

  /// Forgets the decoders of streams that are gone.
  void expire();

  caf::scheduled_actor* self_;
  document parameters_;
  std::map<std::string, session> sessions_;
  alarm clock_;
  histogram time_;
};

} // namespace vpaas
