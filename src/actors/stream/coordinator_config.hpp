#pragma once

#include "messages/trace.hpp"
#include "runtime/parameter_table.hpp"
#include "runtime/pipeline/plan.hpp"
#include "runtime/policy/fallback.hpp"
#include "runtime/policy/stream_policy.hpp"

#include <caf/actor.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace vpaas {

/// What is done about results that the backup detector gave.
enum class corrections : uint8_t {
  catch_up, ///< late answers correct them; the rest is analysed again later
  late,     ///< late answers of the cloud correct them
  none,     ///< they stay
};

constexpr auto names_of(corrections) {
  return std::array{"catch_up", "late", "none"};
}

/// What a coordinator is told when it is started.
struct coordinator_config {
  std::string stream;
  /// Before the stream's name on the cloud, where those of many fogs meet.
  std::string origin;
  caf::actor node; ///< the directory of logical names
  // Logical names; an empty one is done without.
  std::string camera, decoder, encoder, results;
  std::string revisit; ///< decoder of what is on disk; needed with a spool
  std::string cloud = "cloud_link";
  std::string classifier = "classifier";
  std::string backup = "backup_detector";
  std::string spool;     ///< the node's; empty: none
  std::string functions; ///< of results; empty: none
  std::string events;    ///< who keeps what these raise
  std::string window;    ///< who shows what is filmed
  tracing traces;
  /// Logical names by function, of those that keep state of this stream.
  std::map<std::string, std::string> own;
  std::string function = "runner"; ///< on the cloud node
  uint64_t every = 15;     ///< a keyframe is one of so many frames (VI-B)
  uint64_t in_flight = 48; ///< keyframes without an answer
  /// After which a chunk closes, also where no other keyframe comes.
  caf::timespan chunk_time = std::chrono::seconds{10};
  size_t pixel_bytes = 128 << 20; ///< of keyframes without an answer
  size_t inline_bytes = 32768;    ///< larger parts go in slices
  /// When the cloud is given up, and trusted again. Where the source can wait,
  /// an answer has the cap's time.
  fallback::config outage;
  size_t backup_queue = 4; ///< keyframes of a live source that wait for it
  corrections correct = corrections::catch_up;
  caf::timespan correct_age = std::chrono::minutes{10}; ///< no older results
  /// What is done without a policy, and where it fails.
  decision usual{"high_low", {}};
  /// Reads the pipeline that a decision names, checked and ready to run.
  std::function<caf::expected<plan_ptr>(const decision&)> plan;
  /// The stream's policy; may be empty. Pure and quick.
  stream_rule policy;
  /// Loads a policy from its text; gets its name too.
  std::function<caf::expected<stream_rule>(const std::string&,
                                           const std::string&)>
    load;

  /// Numbers come from it where it is not known which were used.
  std::function<caf::timestamp()> wall = caf::make_timestamp;

  /// Returns ec::bad_config where a value cannot be.
  caf::error validate() const;

  /// @returns ec::bad_config where there is no such pipeline, where it has no
  ///          such parameter, or where nobody here runs what it needs
  caf::expected<plan_ptr> plan_for(const decision& x) const;

  /// The logical name of who runs a function of this node; empty: nobody shall.
  std::string name_of(const std::string& function) const;
};

/// All that a user may say of a coordinator.
const parameter_table<coordinator_config>& coordinator_parameters();

} // namespace vpaas
