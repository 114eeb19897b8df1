#pragma once

#include "actors/alarm.hpp"
#include "actors/requests.hpp"
#include "messages/clips.hpp"
#include "messages/control.hpp"
#include "runtime/media/clip_cutter.hpp"
#include "runtime/parameter_table.hpp"

#include <caf/all.hpp>

#include <deque>
#include <vector>

namespace vpaas {

/// The WINDOW of a stream: keeps what was filmed a moment ago, compressed as it
/// came, for those who watch, and cuts clips out of it for the clip store.
/// Bounded by bytes; nobody who watches holds the stream up: who is too slow
/// goes on at an intra picture. Never blocks.
struct window_config {
  caf::actor node; ///< where the clip store is found; null: no clips
  size_t max_bytes = 8 << 20;
  size_t max_parts = 256;
  size_t max_waiting = 64; ///< who wait for the next part
  caf::timespan patience = std::chrono::seconds(2); ///< with nothing new
  clip_config clip;
  caf::timespan clip_patience = std::chrono::seconds(10); ///< for its rest

  caf::error validate() const;
};

const parameter_table<window_config>& window_parameters();

struct window_status {
  uint64_t parts = 0; ///< that are here
  uint64_t bytes = 0;
  uint64_t shown = 0;   ///< parts since the start
  uint64_t fetched = 0; ///< parts that were handed out
  uint64_t waiting = 0; ///< who wait for the next
  uint64_t clips = 0;   ///< that were kept
  uint64_t clips_lost = 0;

  static constexpr auto type_name = "window_status";

  static constexpr auto fields() {
    using self = window_status;
    return std::make_tuple(
      field("parts", &self::parts), field("bytes", &self::bytes),
      field("shown", &self::shown), field("fetched", &self::fetched),
      field("waiting", &self::waiting), field("clips", &self::clips),
      field("clips_lost", &self::clips_lost));
  }
};

struct window_state {
  static inline const char* name = "window";

  using answer = caf::typed_response_promise<std::vector<segment>>;

  explicit window_state(window_actor::stateful_pointer<window_state> self);

  /// @pre `!x.validate()`
  void begin(window_config x);

  void show(const segment& x);

  /// Something happened.
  void note(const event& x);

  caf::result<std::vector<segment>> fetch(const segment_key& after);

  /// The video around this frame.
  std::vector<segment> find(uint64_t frame) const;

  status_report status() const;

  window_actor::stateful_pointer<window_state> self;
  window_config cfg;
  std::deque<segment> parts;
  size_t bytes = 0;
  window_status counts;

private:
  struct viewer {
    segment_key after;
    alarm::time_point until;
    answer to;
  };

  /// Where one who knows of this part goes on.
  std::deque<segment>::const_iterator next(const segment_key& after) const;

  /// None in place of a key from before the numbers began anew.
  segment_key known(const segment_key& x) const;

  std::vector<segment> behind(const segment_key& after);

  void give_up_waiting();

  /// To the clip store, if it is something.
  void keep(const std::vector<segment>& clip);

  std::deque<viewer> viewers; ///< by `until`
  alarm clock;
  clip_cutter cutter;
  alarm clip_clock;
  requests asking;
};

window_actor::behavior_type
window(window_actor::stateful_pointer<window_state> self, window_config cfg);

} // namespace vpaas
