#pragma once

#include "runtime/fields.hpp"
#include "runtime/vision/assignment.hpp"
#include "runtime/vision/box.hpp"
#include "runtime/vision/motion.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

/// An object of one frame, to be given a track.
struct observation {
  box where;
  float score = 1; ///< in [0, 1]
  std::string label;
  std::vector<float> appearance; ///< of length 1; empty: unknown
};

/// How boxes become tracks. A "size" is the geometric mean of a box's width and
/// height, so that nothing depends on how large things are in the picture. The
/// defaults were chosen on streets of other seeds than those of the tests.
struct tracker_config {
  float high = 0.5f;        ///< score of the first association
  float low = 0.1f;         ///< score of the second; below: no track at all
  float start = 0.5f;       ///< score that begins a track
  float keep = 6;           ///< seconds that a lost track is looked for
  float gate = 16;          ///< greatest squared distance, in deviations
  float alone = 10;         ///< cost of leaving a track without a box
  float place = 0.08f;      ///< deviation of a box's place, sizes
  float speed = 1;          ///< deviation of an unknown speed, sizes a second
  float jerk = 0.5f;        ///< of the acceleration, squared sizes a second^3
  uint32_t first_index = 0; ///< of ids: trackers of one stream differ in it

  static constexpr auto type_name = "tracker_config";

  static constexpr auto fields() {
    using self = tracker_config;
    return std::make_tuple(
      field("high", &self::high), field("low", &self::low),
      field("start", &self::start), field("keep", &self::keep),
      field("gate", &self::gate), field("alone", &self::alone),
      field("place", &self::place), field("speed", &self::speed),
      field("jerk", &self::jerk));
  }
};

/// One object through time.
struct track {
  uint64_t id = 0;
  motion x, y; ///< of the box's middle
  float width = 0, height = 0;
  std::string label;
  float faith = 0;  ///< in the label, in [0, 1]
  int64_t seen = 0; ///< when it was last found, microseconds
  uint32_t hits = 0;
  std::vector<float> appearance;

  static constexpr auto type_name = "track";

  static constexpr auto fields() {
    using self = track;
    return std::make_tuple(
      field("id", &self::id), field("x", &self::x), field("y", &self::y),
      field("width", &self::width), field("height", &self::height),
      field("label", &self::label), field("faith", &self::faith),
      field("seen", &self::seen), field("hits", &self::hits),
      field("appearance", &self::appearance));
  }
};

/// How something moved at a place: what begins there may move alike.
struct flow {
  float x = 0, y = 0, size = 0;
  float dx = 0, dy = 0; ///< a second
  int64_t seen = 0;     ///< microseconds

  static constexpr auto type_name = "flow";

  static constexpr auto fields() {
    using self = flow;
    return std::make_tuple(field("x", &self::x), field("y", &self::y),
                           field("size", &self::size), field("dx", &self::dx),
                           field("dy", &self::dy), field("seen", &self::seen));
  }
};

/// All that a tracker knows: handed to another one, ids live on.
struct tracker_memory {
  int64_t now = 0; ///< of the last frame, microseconds
  std::vector<track> tracks;
  std::vector<flow> flows; ///< the oldest first

  static constexpr auto type_name = "tracker_memory";

  static constexpr auto fields() {
    using self = tracker_memory;
    return std::make_tuple(field("now", &self::now),
                           field("tracks", &self::tracks),
                           field("flows", &self::flows));
  }
};

/// Objects of one frame whose track gets no id.
inline constexpr uint64_t no_track = 0;

/// Objects of a frame that may begin tracks.
inline constexpr size_t max_begun = 2048;

/// The id of a track that begins with object `index` of `frame`: a tracker of
/// the same stream cannot give it twice, whatever it remembers. Exact as a
/// number of JSON for frames below 2^41.
/// @pre index < 2 * max_begun - 1
constexpr uint64_t track_id(uint64_t frame, size_t index) {
  return frame << 12 | (index + 1);
}

/// Gives the objects of frames that are far apart the ids of tracks: well
/// scored boxes choose among all tracks first, poorly scored ones among those
/// of them that are left and were seen in the frame before (ByteTrack: Zhang
/// et al., ECCV 2022, Algorithm 1). Where ByteTrack takes IoU, which is 0 for
/// a car between two keyframes, here the likelihoods of place, shape, label
/// and appearance decide; what begins moves as others did there (`flow`).
class tracker {
public:
  explicit tracker(tracker_config config = {}, tracker_memory memory = {})
    : config_(config), memory_(std::move(memory)) {
    // nop
  }

  /// @param frame its number in the stream, greater than the last one's
  /// @param now its time, microseconds, greater than the last one's
  /// @returns the id of each object's track; `no_track` where its score was too
  /// low to begin one
  std::vector<uint64_t> update(uint64_t frame, int64_t now,
                               const std::vector<observation>& found);

  /// Takes in a frame whose objects have ids: what another one said.
  void recall(int64_t now, const std::vector<observation>& found,
              const std::vector<uint64_t>& ids);

  const tracker_memory& memory() const {
    return memory_;
  }

private:
  using indices = std::vector<size_t>;

  /// Lets time pass until `now`.
  void predict(int64_t now);

  /// Gives tracks of `free` to objects of `which`, and takes them out of it.
  void associate(const std::vector<observation>& found, const indices& which,
                 indices& free, std::vector<int32_t>& owner) const;

  /// How unlikely it is that `y` shows `x`: -2 times a logarithm.
  double cost(const track& x, const observation& y) const;

  void take(track& x, const observation& y);

  track begin(uint64_t id, const observation& y) const;

  void remember(const track& x);

  void forget();

  tracker_config config_;
  tracker_memory memory_;
};

} // namespace vpaas
