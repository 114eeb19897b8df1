#pragma once

#include <caf/timespan.hpp>

namespace vpaas {

/// How soon a link notices, and the settings of CAF that fit to it: one place
/// for all of these facts.
///
/// A link that has heard nothing for `down_after` is down one tick (half a
/// heartbeat) later. CAF itself must drop the connection soon after: as long as
/// it keeps it, it hands out the dead connection again, whose TCP waits twice
/// as long after each resend. And its heartbeat must be long against a
/// handshake: a tick during one ends the connection (CAF 0.17).
struct link_profile {
  caf::timespan heartbeat;       ///< of the link
  caf::timespan suspect_after;   ///< of silence
  caf::timespan down_after;      ///< of silence
  caf::timespan probe_timeout;   ///< for a port to accept
  caf::timespan connect_timeout; ///< for CAF's handshake, then for the hello
  caf::timespan retry_delay;     ///< first; doubles
  caf::timespan retry_cap;       ///< at most, so that a return is seen soon
  /// `middleman.heartbeat-interval` and `middleman.connection-timeout`. A node
  /// has one pair for all of its links: the slowest profile's.
  caf::timespan caf_heartbeat;
  caf::timespan caf_timeout;
};

/// A local network: down within 1.5 s of silence.
constexpr link_profile lan_profile() {
  using std::chrono::milliseconds;
  return {milliseconds(200), milliseconds(500),  milliseconds(1000),
          milliseconds(400), milliseconds(1000), milliseconds(50),
          milliseconds(400), milliseconds(500),  milliseconds(1500)};
}

/// A wide area: down within 3 s of silence.
constexpr link_profile wan_profile() {
  using std::chrono::milliseconds;
  return {milliseconds(500), milliseconds(1250), milliseconds(2500),
          milliseconds(700), milliseconds(2000), milliseconds(100),
          milliseconds(600), milliseconds(1000), milliseconds(2500)};
}

} // namespace vpaas
