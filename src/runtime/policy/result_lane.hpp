#pragma once

#include "runtime/policy/in_order.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <vector>

namespace vpaas {

/// What an answer is to what was said of its keyframe before.
enum class answer_turn : uint8_t {
  first,    ///< in order
  late,     ///< the first, of one that was on disk
  in_time,  ///< takes the place of one that did not come out yet
  revision, ///< of one that did
};

/// The way of one stream's results out: those of live keyframes in their
/// order, all others at once; and how many are out and not back yet. Pure.
class result_lane {
public:
  /// Returns false for a keyframe that began before.
  bool begin(uint64_t frame) {
    return order_.begin(frame);
  }

  void answer(frame_result x, answer_turn t);

  /// Nothing comes out for it. @returns false where it does not wait
  bool drop(uint64_t frame) {
    return order_.drop(frame);
  }

  /// What comes out now.
  std::vector<frame_result> take();

  /// Somebody has said what became of one that came out in order.
  void back() {
    --out_;
  }

  /// Whether its answer waits for earlier ones.
  bool holds(uint64_t frame) const {
    return order_.holds(frame);
  }

  /// Whether it waits for its answer.
  bool waits(uint64_t frame) const {
    return order_.contains(frame);
  }

  std::vector<uint64_t> waiting() const {
    return order_.unsettled();
  }

  /// No keyframe below this one waits.
  uint64_t settled_below() const {
    return order_.settled_below();
  }

  /// Live keyframes whose result did not come out.
  size_t size() const {
    return order_.size();
  }

  /// Of those that came out in order, how many are not back.
  uint64_t out() const {
    return out_;
  }

private:
  in_order<frame_result> order_;
  std::vector<frame_result> loose_; ///< out of order
  uint64_t out_ = 0;
};

} // namespace vpaas
