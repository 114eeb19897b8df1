#pragma once

#include "runtime/fields.hpp"
#include "runtime/vision/tracker.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace vpaas {

/// An object that was given a track.
struct tracked {
  box where;
  uint64_t id = 0;

  static constexpr auto type_name = "tracked";

  static constexpr auto fields() {
    return std::make_tuple(field("where", &tracked::where),
                           field("id", &tracked::id));
  }
};

/// The objects of one frame, with their tracks.
struct tracked_frame {
  uint64_t frame = 0;
  std::vector<tracked> objects;

  static constexpr auto type_name = "tracked_frame";

  static constexpr auto fields() {
    return std::make_tuple(field("frame", &tracked_frame::frame),
                           field("objects", &tracked_frame::objects));
  }
};

/// All that a stream's tracker knows of frames in their order.
struct stream_tracker_memory {
  uint64_t last = 0; ///< frame
  tracker_memory tracks;
  std::vector<tracked_frame> frames; ///< the latest ones, the oldest first

  static constexpr auto type_name = "stream_tracker_memory";

  static constexpr auto fields() {
    using self = stream_tracker_memory;
    return std::make_tuple(field("last", &self::last),
                           field("tracks", &self::tracks),
                           field("frames", &self::frames));
  }
};

/// Tracks of a stream whose frames are mostly answered in order, some again
/// later: what stood in for a cloud during an outage is corrected afterwards.
/// An object of a corrected frame takes the id of the object that stood there
/// before; one that was overlooked then takes the id that it has in other
/// corrected frames.
class stream_tracker {
public:
  explicit stream_tracker(tracker_config config = {},
                          stream_tracker_memory memory = {});

  /// @param frame any number; up to the last one's it is a correction
  /// @param now its time in the stream, microseconds
  std::vector<uint64_t> update(uint64_t frame, int64_t now,
                               const std::vector<observation>& found);

  /// Takes in a frame that has its ids, as another one gave them.
  /// @param frame greater than the last one's
  void recall(uint64_t frame, int64_t now,
              const std::vector<observation>& found,
              const std::vector<uint64_t>& ids);

  /// What another one needs to go on with the same ids.
  stream_tracker_memory memory() const;

private:
  void remember(uint64_t frame, const std::vector<observation>& found,
                const std::vector<uint64_t>& ids);

  std::vector<uint64_t> correct(uint64_t frame, int64_t now,
                                const std::vector<observation>& found);

  tracked_frame* seen(uint64_t frame);

  tracker_config config_;
  tracker live_, late_;
  uint64_t last_ = 0;
  uint64_t last_late_ = 0;
  std::vector<tracked_frame> frames_;
  std::map<uint64_t, uint64_t> known_as_; ///< ids of `late_` in `live_`
};

} // namespace vpaas
