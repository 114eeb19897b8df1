#pragma once

#include "actors/alarm.hpp"
#include "messages/clips.hpp"
#include "runtime/store/clip_folder.hpp"

#include <caf/all.hpp>

#include <optional>
#include <string>

namespace vpaas {

/// The actor `clip_store`: video around events as MP4 files, nothing coded
/// anew. A folder that cannot be opened is the answer ec::io, and is tried
/// again at the next request. It blocks on the disk: spawn it detached.
struct clip_store_config {
  std::string folder;
  clip_limits limits;
  caf::timespan check_every = std::chrono::minutes(1); ///< for what is too old

  caf::error validate() const;
};

struct clip_store_status {
  std::string folder;
  uint64_t clips = 0;
  uint64_t bytes = 0;
  uint64_t kept = 0;     ///< since the start
  uint64_t refused = 0;  ///< of a codec that MP4 cannot hold
  uint64_t failures = 0; ///< of the disk
  std::string last_error;

  static constexpr auto type_name = "clip_store_status";

  static constexpr auto fields() {
    using self = clip_store_status;
    return std::make_tuple(
      field("folder", &self::folder), field("clips", &self::clips),
      field("bytes", &self::bytes), field("kept", &self::kept),
      field("refused", &self::refused), field("failures", &self::failures),
      field("last_error", &self::last_error));
  }
};

struct clip_store_state {
  static inline const char* name = clip_store_name;

  explicit clip_store_state(
    clip_actor::stateful_pointer<clip_store_state> self);

  void begin(clip_store_config x);

  caf::result<void> keep(const std::vector<segment>& xs);

  caf::result<blob> fetch(const std::string& stream, uint64_t frame,
                          uint64_t offset);

  caf::result<void> remove(const std::string& stream);

  status_report status() const;

  clip_actor::stateful_pointer<clip_store_state> self;
  clip_store_config cfg;
  std::optional<clip_folder> disk; ///< none: it could not be opened
  clip_store_status counts;
  alarm clock;

private:
  caf::error open();

  /// Counts what the disk said.
  caf::error done(caf::error err);

  void prune();
};

/// @pre `!cfg.validate()`
clip_actor::behavior_type
clip_store(clip_actor::stateful_pointer<clip_store_state> self,
           clip_store_config cfg);

} // namespace vpaas
