#pragma once

#include "actors/alarm.hpp"
#include "messages/protocol.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/clock_trust.hpp"
#include "runtime/store/spool.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace vpaas {

/// The actor `chunk_spool`: keeps compressed segments on disk until their
/// keyframes are answered, so that a fog process that is killed loses nothing.
/// What it gives up it tells the stream's owner; a stream whose owner died
/// keeps its segments until they are too old. A disk that fails, or a folder
/// that cannot be opened, is the answer ec::io at once and not its end: nothing
/// is lost by it, and who asks again later finds all that was there. It blocks
/// on the disk: spawn it detached.
struct chunk_spool_config {
  std::string folder;
  spool_limits limits;
  caf::timespan check_every = std::chrono::minutes(1); ///< for what is too old

  caf::error validate() const;
};

/// The wall clock, by which `captured` is told.
using wall_clock = std::function<caf::timestamp()>;

/// What it answers to `status`. Of segments, at every moment:
/// `found + kept = segments + released + sum of lost`.
struct chunk_spool_status {
  std::string folder;
  uint64_t streams = 0;
  uint64_t owned = 0; ///< streams whose owner is there
  uint64_t segments = 0;
  uint64_t bytes = 0; ///< on disk
  uint64_t limit_bytes = 0;
  double filled = 0; ///< of bytes or of age, whichever is more; 1: full
  double oldest_s = 0;
  double max_age_s = 0;
  uint64_t found = 0; ///< from before, when it was opened
  uint64_t kept = 0;
  uint64_t released = 0;
  std::map<std::string, uint64_t> lost; ///< by reason
  uint64_t damaged = 0;                 ///< files, deleted
  uint64_t newer = 0;                   ///< segments of a newer version, kept
  uint64_t foreign = 0;                 ///< files, left alone
  uint64_t failures = 0;                ///< of the disk
  uint64_t refused = 0;                 ///< parts that cannot be kept
  uint64_t warnings = 0;                ///< times that it filled up
  latency keep;                         ///< of a part
  std::string last_error;

  static constexpr auto type_name = "chunk_spool_status";

  static constexpr auto fields() {
    using self = chunk_spool_status;
    return std::make_tuple(
      field("folder", &self::folder), field("streams", &self::streams),
      field("owned", &self::owned), field("segments", &self::segments),
      field("bytes", &self::bytes), field("limit_bytes", &self::limit_bytes),
      field("filled", &self::filled), field("oldest_s", &self::oldest_s),
      field("max_age_s", &self::max_age_s), field("found", &self::found),
      field("kept", &self::kept), field("released", &self::released),
      field("lost", &self::lost), field("damaged", &self::damaged),
      field("newer", &self::newer), field("foreign", &self::foreign),
      field("failures", &self::failures), field("refused", &self::refused),
      field("warnings", &self::warnings), field("keep", &self::keep),
      field("last_error", &self::last_error));
  }
};

struct chunk_spool_state {
  static inline const char* name = "chunk_spool";

  explicit chunk_spool_state(
    spool_actor::stateful_pointer<chunk_spool_state> self);

  /// Makes `by` the stream's owner; the answer comes before what was lost.
  caf::result<spool_content> open(const std::string& stream,
                                  const caf::actor& by);

  caf::result<void> keep(const segment& x, const spool_position& at);

  caf::result<std::vector<segment>> fetch(const std::string& stream,
                                          uint64_t number);

  caf::result<void> release(const std::string& stream, uint64_t number);

  /// Forgets a stream and all video of it; where the spool is away, when it is
  /// back.
  caf::result<void> remove(const std::string& stream);

  status_report status();

  void forget(const caf::down_msg& x);

  caf::error forget_removed();

  /// How far a stream was taken; nothing that is kept is beyond it.
  spool_position position(const std::string& stream);

  /// Gives up what is too old, and sets the alarm for the next time.
  void check();

  /// @returns ec::io where there is no spool now
  caf::error begin();

  /// What the disk said to the last request for it.
  caf::error done(caf::error err);

  /// Tells owners what was given up, and the operator that it fills up.
  void tell();

  /// A line of the log, where files were damaged since the last call.
  void say_damaged();

  /// A line of the log about video that nobody looked at.
  void say_lost(const given_up& x) const;

  /// Warns once when it fills up.
  void warn();

  /// Forgets streams that nobody owns and of which nothing is kept, in the end.
  void forget_idle();

  /// The time; what is kept does not age when the clock is set.
  caf::timestamp now();

  double filled(caf::timestamp now) const;

  spool_actor::stateful_pointer<chunk_spool_state> self;
  chunk_spool_config cfg;
  wall_clock wall;
  std::unique_ptr<spool> disk; ///< null: it could not be opened
  std::map<std::string, caf::actor> owners;
  /// Damaged before its stream had an owner here.
  std::map<std::string, std::vector<given_up>> untold;
  std::map<std::string, caf::actor_clock::time_point> idle; ///< since when
  std::set<std::string> removed; ///< streams, while the spool is away
  std::optional<clock_trust> trust;
  caf::error away; ///< why it could not be opened, at the last attempt
  caf::actor_clock::time_point next_attempt;
  bool failed = false;       ///< the last request for the disk
  uint64_t damaged_told = 0; ///< files, in the log
  bool filling = false;      ///< 80 % were crossed, and not 70 % since
  alarm clock;
  histogram keeping;
  chunk_spool_status counters;
};

/// @pre `!cfg.validate()`
spool_actor::behavior_type
chunk_spool(spool_actor::stateful_pointer<chunk_spool_state> self,
            chunk_spool_config cfg, wall_clock wall);

} // namespace vpaas
