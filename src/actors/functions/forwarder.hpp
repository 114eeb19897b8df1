#pragma once

#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/forwarded.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>

namespace vpaas {

/// What it answers to `status`.
struct forwarder_status {
  uint64_t chunks = 0; ///< begun, since the start, as all below
  uint64_t parts = 0;
  uint64_t segments = 0; ///< or their parts, sent
  uint64_t bytes = 0;    ///< of them, as the camera coded them
  uint64_t repeated = 0; ///< bytes sent again, so that a chunk decodes alone
  uint64_t lost = 0;     ///< keyframes whose packets are not known any more
  uint64_t failed = 0;   ///< items that were answered with an error
  std::string last_problem;

  static constexpr auto type_name = "forwarder_status";

  static constexpr auto fields() {
    using self = forwarder_status;
    return std::make_tuple(
      field("chunks", &self::chunks), field("parts", &self::parts),
      field("segments", &self::segments), field("bytes", &self::bytes),
      field("repeated", &self::repeated), field("lost", &self::lost),
      field("failed", &self::failed),
      field("last_problem", &self::last_problem));
  }
};

/// The function `forwarder`: keyframes of one stream in, the camera's own
/// packets up to them out, each once [VI-A, MPEG]. A chunk begins where an
/// intra frame does; after a gap, and where an item without frames came, the
/// packets from the last intra frame on are sent once more. Depends on nobody,
/// does not block.
class forwarder_function {
public:
  static constexpr auto name = "forwarder";
  static constexpr auto verb = "forward";

  static function_spec spec();

  forwarder_function(caf::scheduled_actor*, const document& parameters)
    : every_(parameters.get<uint64_t>("every")) {
    // nop
  }

  static bool takes(const item& x) {
    return x.value.get<keyframes>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how);

  /// What a keyframe is may not change.
  caf::error configure(const document& from, const document& to);

  forwarder_status status() const {
    return counters;
  }

  forwarder_status counters;

private:
  /// A chunk of the stream, or of what is sent again beside it.
  struct session {
    bool open = false; ///< it is under way
    segment_key last;  ///< that was sent in it
    uint64_t seq = 0;
    uint16_t part = 0; ///< the next
  };

  /// What of this is to be sent after what was; from an intra frame on where
  /// that is not possible.
  static segment_run news_of(session& to, const segment_run& xs);

  void note(session& to, const segment& x);

  uint64_t every_;
  std::map<std::string, session> sessions_; ///< by `keyframes::stream`
  segment_key most_;                        ///< that was ever sent
};

} // namespace vpaas
