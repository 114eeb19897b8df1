#pragma once

#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/answered_frame.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/vision/flow.hpp"

#include <caf/all.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// What it answers to `status`. `time` is that of one keyframe.
struct box_follower_status {
  uint64_t answered = 0; ///< keyframes that began anew, since the start
  uint64_t followed = 0; ///< keyframes between them
  uint64_t boxes = 0;    ///< moved on
  uint64_t left = 0;     ///< boxes that went out of the picture
  uint64_t stayed = 0;   ///< boxes that could not be followed and were left
  uint64_t failed = 0;   ///< items that were answered with an error
  latency time;
  std::string last_problem;

  static constexpr auto type_name = "box_follower_status";

  static constexpr auto fields() {
    using self = box_follower_status;
    return std::make_tuple(
      field("answered", &self::answered), field("followed", &self::followed),
      field("boxes", &self::boxes), field("left", &self::left),
      field("stayed", &self::stayed), field("failed", &self::failed),
      field("time", &self::time), field("last_problem", &self::last_problem));
  }
};

/// The function `box_follower`: keyframes of one stream in, in order, with what
/// the cloud found where it was asked; out, where it was not, the last boxes
/// that it found, moved along by the flow of their pixels [Glimpse]. Keyframes
/// are half a second apart, beyond the window of a correlation filter: of the
/// boxes of cars-swdee.mp4 OpenCV's KCF still had F1 0.25 at the next keyframe,
/// its median flow, which this is, 0.66. Depends on nobody; blocks: spawn it
/// detached.
class box_follower_function {
public:
  static constexpr auto name = "box_follower";
  static constexpr auto verb = "follow";

  static function_spec spec();

  box_follower_function(caf::scheduled_actor*, const document&) {
    // nop
  }

  static bool takes(const item& x) {
    return x.value.get<answered_frame>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how);

  caf::error configure(const document&, const document&) {
    return caf::none;
  }

  box_follower_status status() const;

  box_follower_status counters;

private:
  void move_on(const grey_pyramid& now);

  grey_pyramid before_;
  std::vector<detection> boxes_; ///< on `before_`
  std::vector<std::string> names_;
  histogram time_;
};

} // namespace vpaas
