#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace vpaas {

/// The keyframes of one stream whose compressed segments are kept on disk, and
/// what each still waits for: its first answer under way (`live`), its first
/// answer later (`waiting`), or a better one (`improvable`). A segment may be
/// forgotten when it is complete and none of its keyframes waits for anything.
class backlog {
public:
  struct work {
    uint64_t segment = 0;
    std::vector<uint64_t> frames;
    bool improving = false; ///< each of `frames` is answered already
  };

  /// What became of a segment that is given up.
  struct loss {
    std::vector<uint64_t> waiting; ///< keyframes that will not be answered
    size_t improvable = 0;         ///< answers that stay as they are
  };

  /// A part of this segment is kept; segments come in order.
  /// @param made when its first part was, by any clock
  void keep(uint64_t segment, int64_t made, const std::vector<uint64_t>& live);

  /// No further part belongs to segments below this one.
  void complete_below(uint64_t segment);

  /// The keyframe waits for nothing any more.
  void close(uint64_t frame);

  /// The keyframe shall be answered later; false where it is not kept.
  bool postpone(uint64_t frame);

  /// The keyframe was answered, and may be answered better later; false where
  /// it is not kept.
  bool improve_later(uint64_t frame);

  /// Begins what is next: first answers before better ones, oldest first but
  /// for those that were put off. Its frames are `live` from now on, so that
  /// they end as all do.
  /// @param newest also of the segment that may go on
  std::optional<work> next(bool improve, bool newest = false);

  /// Leaves answers as they are in segments that were made before this.
  /// @returns how many
  size_t settle_before(int64_t made);

  /// The segment is gone from the disk. Live keyframes go on without it.
  loss lose(uint64_t segment);

  /// The part with these keyframes did not reach the disk.
  loss unkeep(const std::vector<uint64_t>& frames);

  /// The segment failed: the others have their turn before it.
  void put_off(uint64_t segment);

  /// Whether the segment of this keyframe is on disk for it.
  bool keeps(uint64_t frame) const {
    return segment_of_.count(frame) > 0;
  }

  /// Segments that may be forgotten; each is named once.
  std::vector<uint64_t> forgettable();

  /// Keyframes that wait for their first answer.
  size_t waiting() const {
    return waiting_;
  }

  /// Keyframes that wait for a better one.
  size_t improvable() const {
    return improvable_;
  }

  size_t segments() const {
    return segments_.size();
  }

private:
  enum class want : uint8_t { live, waiting, improvable };

  using frames = std::map<uint64_t, want>;

  struct entry {
    frames open;
    int64_t made = 0;
    bool complete = false;
    uint64_t failures = 0; ///< times that it was put off
  };

  using entries = std::map<uint64_t, entry>;

  /// Sets what an open keyframe waits for.
  bool set(uint64_t frame, want x);

  size_t* counter(want x);

  std::optional<work> begin(want x, bool newest);

  void forget_if_done(entries::iterator segment);

  entries segments_;
  std::map<uint64_t, uint64_t> segment_of_; ///< open keyframes only
  std::set<uint64_t> done_;                 ///< may be forgotten, not named yet
  size_t waiting_ = 0;
  size_t improvable_ = 0;
};

} // namespace vpaas
