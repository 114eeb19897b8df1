#pragma once

#include "runtime/event.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// How the objects of two runs over the same video differ, keyframe by
/// keyframe. Objects are the same where they overlap by IoU 0.5 or more
/// (`match_one_to_one`).
struct object_changes {
  uint64_t keyframes = 0;   ///< that both answered
  uint64_t only_before = 0; ///< keyframes that only the first answered
  uint64_t only_after = 0;  ///< and only the second
  uint64_t same = 0;        ///< objects in the same place with the same label
  uint64_t renamed = 0;     ///< in the same place with another
  uint64_t gone = 0;
  uint64_t fresh = 0;
  struct count {
    uint64_t before = 0, after = 0;
  };
  std::map<std::string, count> labels; ///< objects, by label
};

/// Compares the results of two runs, in any order. Frames that only one of them
/// has are counted, and their objects left out.
object_changes compare_objects(const std::vector<frame_result>& before,
                               const std::vector<frame_result>& after);

/// Which events of two runs over the same video answer each other.
struct event_changes {
  uint64_t both = 0;
  std::vector<event> gone;  ///< only of the first, by frame
  std::vector<event> fresh; ///< only of the second, by frame
};

/// Pairs events of the same kind, zone, label and value, each with one other at
/// most, in the order of their frames. Tracks are numbered anew in each run and
/// do not count.
/// @param slack most frames between the two of a pair
event_changes compare_events(const std::vector<event>& before,
                             const std::vector<event>& after, uint64_t slack);

} // namespace vpaas
