#pragma once

#include "messages/protocol.hpp"

#include <caf/actor_clock.hpp>
#include <caf/error.hpp>

#include <cstdint>
#include <vector>

namespace vpaas {

struct coordinator_state;

/// Asks a stream's camera for one segment after the other, has each kept on
/// disk, and its keyframes decoded. Part of a coordinator.
class intake {
public:
  using numbers = std::vector<uint64_t>;
  using time_point = caf::actor_clock::time_point;

  explicit intake(coordinator_state& all) : all_(all) {
    // nop
  }

  /// Asks for the next segment, unless it is under way, or enough are.
  void pull();

  /// Another camera is to be numbered anew.
  void camera_lost() {
    known_ = false;
  }

  /// The source does not wait.
  bool live() const {
    return live_;
  }

  /// Nothing comes any more, and nothing is being decoded.
  bool ended() const {
    return ended_ && decoding_ == 0;
  }

private:
  void take(segment& x);

  void failed(const caf::error& cause);

  void decoded(time_point asked, const numbers& expected, const item& x);

  void not_decoded(const numbers& xs);

  coordinator_state& all_;
  bool known_ = false; ///< the camera, see `stream_stores::begin_camera`
  bool pulling_ = false;
  bool live_ = false;
  bool ended_ = false;
  uint64_t decoding_ = 0; ///< segments
};

} // namespace vpaas
