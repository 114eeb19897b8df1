#pragma once

#include "messages/protocol.hpp"
#include "runtime/media/keyframes.hpp"

#include <caf/actor_clock.hpp>
#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

struct coordinator_state;

/// Takes up keyframes of a stream that are on disk: those that nobody could
/// answer, and those that the cloud shall correct. It has a decoder of its own,
/// so that live ones never wait for it, and sends a few at a time. Part of a
/// coordinator.
class revisit {
public:
  using numbers = std::vector<uint64_t>;
  using time_point = caf::actor_clock::time_point;

  explicit revisit(coordinator_state& all) : all_(all) {
    // nop
  }

  /// Takes up the next segment, if nobody waits for an answer.
  void catch_up();

  bool by_cloud() const;

  /// For a while nothing is taken up.
  void rest();

  /// The disk gave a segment up.
  void lost(uint64_t segment, const std::string& reason);

private:
  /// How long ago the last live keyframe came.
  caf::timespan still();

  /// Whether one of those on disk shall ask a cloud that was away if it is
  /// back: where no live ones come, nobody else does.
  bool probes(caf::timespan still);

  void decode_again(std::vector<segment> parts);

  void decoded_again(const item& x);

  /// Analyses some of what was decoded again.
  void send_again();

  /// What was taken up cannot be answered now, or not at all.
  void fail_again(const numbers& xs, const caf::error& cause);

  /// Its turn comes again.
  void put_off(const numbers& xs, const caf::error& cause);

  coordinator_state& all_;
  struct waiting {
    frame picture;
    segment_run coded;
  };
  std::deque<waiting> again_;           ///< are decoded and wait
  std::map<uint64_t, uint64_t> deaths_; ///< of decoders, by segment on disk
  time_point rest_until_{};             ///< before something is taken up again
  caf::timespan rests_{0};              ///< how long the last rest was
  uint64_t received_ = 0;               ///< keyframes, at the last look
  time_point live_at_{};                ///< when there were more of them
  bool probing_ = false;                ///< the next one from disk
};

} // namespace vpaas
