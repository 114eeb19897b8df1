#pragma once

#include "runtime/media/segment.hpp"

#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <deque>
#include <vector>

namespace vpaas {

/// How much video belongs to what happened.
struct clip_config {
  caf::timespan before = std::chrono::seconds(5);
  caf::timespan after = std::chrono::seconds(5);
  caf::timespan longest = std::chrono::seconds(30);
  size_t max_bytes = 8 << 20;
};

/// Cuts clips around what happens out of the video of one stream: from the
/// intra picture at or before it that is early enough, to the first part that
/// reaches far enough. What happens while a clip is being cut makes it longer,
/// within bounds. Nothing is decoded.
class clip_cutter {
public:
  explicit clip_cutter(clip_config cfg = {}) : cfg_(cfg) {
    // nop
  }

  /// Something was filmed at `when`. @param known the newest parts
  /// @returns a clip that is whole now, or none
  std::vector<segment> note(caf::timestamp when,
                            const std::deque<segment>& known);

  /// Takes the next part. @returns a clip that is whole now, or none
  std::vector<segment> add(const segment& x);

  /// Ends a clip whose video does not go on. @returns it, or none
  std::vector<segment> finish();

  /// Whether a clip waits for video.
  bool is_open() const {
    return !parts_.empty();
  }

  /// The part of `known` around `when`; none where it is not there.
  static std::vector<segment> cut(caf::timestamp when,
                                  const std::deque<segment>& known,
                                  const clip_config& cfg);

private:
  bool is_whole() const;

  clip_config cfg_;
  caf::timestamp start_, end_;
  caf::timestamp covered_; ///< by the last clip, until then
  std::vector<segment> parts_;
  size_t bytes_ = 0;
};

} // namespace vpaas
