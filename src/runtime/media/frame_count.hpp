#pragma once

#include "runtime/media/segment.hpp"

#include <cstdint>
#include <optional>

namespace vpaas {

/// Numbers and times of frames whose place in the order of display is not known
/// before they come out. A picture that does not come takes its number with
/// it: the count is put right at each segment.
class frame_count {
public:
  /// The numbers of one frame, and of those before it that did not come.
  struct place {
    uint64_t from = 0; ///< equal to `number` where none is missing
    uint64_t number = 0;
  };

  bool running() const {
    return running_;
  }

  /// Frames are counted from here on, or no longer.
  /// @param number of the next one @param base of its segment's first one
  void run(bool on, uint64_t number, uint64_t base);

  /// The next frame comes out, or will not. @param base as above
  /// @returns nothing where a later segment's has come: it has lost its place
  std::optional<place> next(uint64_t base);

  /// The time of a frame that may have none itself: the decoding time with
  /// which it came out, else by number.
  int64_t time_of(uint64_t number, int64_t pts_us, int64_t dts_us, double fps);

private:
  bool running_ = false;
  uint64_t next_ = 0;
  uint64_t base_ = 0;
  uint64_t timed_number_ = 0; ///< a frame and its time, for those without
  int64_t time_us_ = 0;
};

} // namespace vpaas
