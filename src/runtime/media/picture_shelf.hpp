#pragma once

#include "runtime/media/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <map>

namespace vpaas {

/// Pictures of keyframes that wait for an answer, up to a bound in bytes.
/// Beyond it the newest go first: answers come in order, so that they are
/// needed last. Whoever misses one makes it again.
class picture_shelf {
public:
  /// @param most bytes; one picture is held whatever its size
  explicit picture_shelf(size_t most) : most_(most) {
    // nop
  }

  void put(const frame& x);

  /// An empty frame where it is not here.
  frame get(uint64_t number) const;

  void drop(uint64_t number);

  size_t bytes() const {
    return bytes_;
  }

  bool full() const {
    return bytes_ >= most_;
  }

  /// Pictures that were given up for the bound.
  uint64_t evicted() const {
    return evicted_;
  }

private:
  using pictures = std::map<uint64_t, frame>;

  void erase(pictures::iterator i);

  size_t most_;
  size_t bytes_ = 0;
  uint64_t evicted_ = 0;
  pictures pictures_;
};

} // namespace vpaas
