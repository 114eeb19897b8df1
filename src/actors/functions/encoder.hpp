#pragma once

#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/encoder.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/effort.hpp"

#include <caf/all.hpp>

#include <array>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// When the frames of a chunk leave.
enum class transport : uint8_t {
  streamed, ///< each in a part of its own, as soon as it is encoded
  whole,    ///< together, when the chunk is closed (the paper's)
};

constexpr auto names_of(transport) {
  return std::array{"streamed", "whole"};
}

/// What it answers to `status`. `time` is that of encoding one keyframe.
struct encoder_status {
  std::string backend; ///< FFmpeg's name; empty before the first frame
  std::string reason;  ///< why it is not a better one
  uint64_t frames = 0; ///< encoded, since the start
  uint64_t chunks = 0; ///< begun
  uint64_t bytes = 0;
  uint64_t lost = 0;
  uint64_t failed = 0;  ///< items that were answered with an error
  uint64_t held = 0;    ///< frames of chunks that are not closed, if `whole`
  uint64_t streams = 0; ///< and rounds, for which a session is held
  latency time;
  std::string last_problem;

  static constexpr auto type_name = "encoder_status";

  static constexpr auto fields() {
    using self = encoder_status;
    return std::make_tuple(
      field("backend", &self::backend), field("reason", &self::reason),
      field("frames", &self::frames), field("chunks", &self::chunks),
      field("bytes", &self::bytes), field("lost", &self::lost),
      field("failed", &self::failed), field("held", &self::held),
      field("streams", &self::streams), field("time", &self::time),
      field("last_problem", &self::last_problem));
  }
};

/// The function `encoder`: keyframes in, parts of LQ chunks out [IV-B], those
/// of a stream and round (`keyframes::stream`; of regions, the item's) in a
/// session of their own. A chunk closes by count or by time [VI-B], where the
/// size of frames changes, and where an item without frames comes; another
/// quality holds from the next one on. It is known by the number of its first
/// frame. Of a keyframe with regions only these are encoded, the rest is black.
/// A frame that cannot be encoded comes out as lost. Depends on nobody; blocks:
/// spawn it detached.
class encoder_function {
public:
  static constexpr auto name = "encoder";
  static constexpr auto verb = "encode";

  static function_spec spec();

  encoder_function(caf::scheduled_actor* self, const document& parameters);

  static bool takes(const item& x);

  caf::expected<item> apply(const item& x, const document& how);

  caf::error configure(const document& from, const document& to);

  encoder_status status() const;

  encoder_status counters;

private:
  /// One running chunk of a stream and round.
  struct session {
    explicit session(const encoder_config& x);

    encoder pictures;
    transport how = transport::streamed;
    uint64_t in_chunk = 0; ///< frames of the running chunk; 0: none runs
    frame_info first;      ///< of the running chunk
    std::vector<chunk> held;
    bool in_time = false; ///< its preset follows the time left
    effort pace;
  };

  session& session_of(const std::string& stream, const document& how);

  void add(session& to, const std::string& stream, const frame& x,
           const document& how, chunks& out);

  /// Closes the running chunk of a stream and round, and ends its session.
  void close_chunk(const std::string& stream, chunks& out);

  void close(session& x, chunks& out);

  document parameters_;
  std::map<std::string, session> sessions_;
  std::string backend_; ///< of the newest session
  histogram time_;
};

} // namespace vpaas
