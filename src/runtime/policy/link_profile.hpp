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
  caf::timespan connect_timeout; ///< for CAF's handshake
  /// For the answer to the hello. Short, because it may be lost: a process that
  /// was frozen wakes up to connections that were given up meanwhile, and CAF
  /// answers on any of them.
  caf::timespan hello_timeout;
  caf::timespan retry_delay; ///< first; doubles
  caf::timespan retry_cap;   ///< at most, so that a return is seen soon
  /// `middleman.heartbeat-interval` and `middleman.connection-timeout`. A node
  /// has one pair for all of its links: the slowest profile's.
  caf::timespan caf_heartbeat;
  caf::timespan caf_timeout;
};

/// A local network: down within 1.5 s of silence.
constexpr link_profile lan_profile() {
  using std::chrono::milliseconds;
  link_profile x{};
  x.heartbeat = milliseconds(200);
  x.suspect_after = milliseconds(500);
  x.down_after = milliseconds(1000);
  x.probe_timeout = milliseconds(400);
  x.connect_timeout = milliseconds(1000);
  x.hello_timeout = milliseconds(300);
  x.retry_delay = milliseconds(50);
  x.retry_cap = milliseconds(400);
  x.caf_heartbeat = milliseconds(500);
  x.caf_timeout = milliseconds(1500);
  return x;
}

/// A wide area: down within 3 s of silence.
constexpr link_profile wan_profile() {
  using std::chrono::milliseconds;
  link_profile x{};
  x.heartbeat = milliseconds(500);
  x.suspect_after = milliseconds(1250);
  x.down_after = milliseconds(2500);
  x.probe_timeout = milliseconds(700);
  x.connect_timeout = milliseconds(2000);
  x.hello_timeout = milliseconds(700);
  x.retry_delay = milliseconds(100);
  x.retry_cap = milliseconds(500);
  x.caf_heartbeat = milliseconds(1000);
  x.caf_timeout = milliseconds(2500);
  return x;
}

} // namespace vpaas
