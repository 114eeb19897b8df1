#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace vpaas {

/// Takes as many keyframes of a stream as somebody slow can bear, evenly: one
/// of `stride`, which grows where one comes while as many as allowed wait, and
/// shrinks again where several in a row found nobody waiting.
class even_sampler {
public:
  /// @param most that may wait
  explicit even_sampler(size_t most) : most_(most) {
    // nop
  }

  /// Whether to take the next keyframe, where `waiting` taken ones are not
  /// done.
  bool take(size_t waiting) {
    if (skipped_ + 1 < stride_) {
      ++skipped_;
      return false;
    }
    if (waiting >= most_) {
      stride_ += !std::exchange(full_, true);
      idle_ = 0;
      return false; // the next one is tried again
    }
    full_ = false;
    skipped_ = 0;
    idle_ = waiting == 0 ? idle_ + 1 : 0;
    if (idle_ >= calm && stride_ > 1) {
      stride_ -= stride_ / 4 + (stride_ < 4);
      idle_ = 0;
    }
    return true;
  }

  uint64_t stride() const {
    return stride_;
  }

private:
  /// Taken keyframes that find nobody waiting before it takes more of them.
  static constexpr size_t calm = 4;

  size_t most_;
  uint64_t stride_ = 1;
  uint64_t skipped_ = 0; ///< since the last that was taken
  size_t idle_ = 0;      ///< taken ones in a row that found nobody waiting
  bool full_ = false;
};

} // namespace vpaas
