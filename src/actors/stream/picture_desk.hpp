#pragma once

#include "runtime/media/picture_shelf.hpp"

#include <cstdint>
#include <functional>

namespace vpaas {

struct coordinator_state;

/// The pictures of a stream's keyframes that wait for an answer: up to a bound
/// here, beyond it made again by the decoder, which holds what they are made
/// of. Part of a coordinator.
class picture_desk {
public:
  explicit picture_desk(coordinator_state& all) : all_(all) {
    // nop
  }

  /// @param most bytes, see `picture_shelf`
  void limit(size_t most) {
    shelf_ = picture_shelf{most};
  }

  void put(const frame& x) {
    shelf_.put(x);
  }

  void drop(uint64_t number) {
    shelf_.drop(number);
  }

  /// Calls one of these: at once, or when the picture was made again.
  void with(uint64_t number, std::function<void(const frame&)> then,
            std::function<void()> without);

  /// Lets the decoder forget what no keyframe in order needs.
  void release();

  const picture_shelf& shelf() const {
    return shelf_;
  }

private:
  coordinator_state& all_;
  picture_shelf shelf_{0};
  uint64_t released_ = 0; ///< the decoder was told to forget those below
};

} // namespace vpaas
