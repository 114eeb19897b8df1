#include "actors/functions/box_follower.hpp"

#include "actors/stopwatch.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

bool is_inside(const box& x) {
  auto column = (x.x0 + x.x1) / 2, row = (x.y0 + x.y1) / 2;
  return column > 0 && column < 1 && row > 0 && row < 1;
}

box clipped(const box& x) {
  auto bound = [](float y) { return std::clamp(y, 0.f, 1.f); };
  return {bound(x.x0), bound(x.y0), bound(x.x1), bound(x.y1)};
}

grey_pyramid pyramid_of(const frame& x) {
  auto luma = x.component(0);
  return {luma.data, luma.stride, luma.width, luma.height};
}

} // namespace

function_spec box_follower_function::spec() {
  function_spec result;
  result.name = name;
  result.input = answered_frame::type_name;
  result.output = detections::type_name;
  result.per_stream = true;
  result.blocks = true;
  result.help = "moves the last boxes along where the cloud was not asked";
  return result;
}

caf::expected<item> box_follower_function::apply(const item& x,
                                                 const document&) {
  auto& in = *x.value.get<answered_frame>();
  if (!in.picture)
    return caf::make_error(ec::bad_input, "failed to follow boxes: there is no "
                                          "picture; send decoded frames");
  stopwatch running{time_};
  detections out;
  out.model = name;
  out.thresholds.theta_cls = 0; // whatever the score
  out.frames.push_back({in.picture.number(), {}});
  auto now = pyramid_of(in.picture);
  if (in.answered) {
    ++counters.answered;
    boxes_ = in.labels;
    names_ = in.names;
  } else {
    ++counters.followed;
    move_on(now);
    for (auto& y : boxes_) {
      out.frames.back().found.push_back(y);
      out.frames.back().found.back().where = clipped(y.where);
    }
    out.labels = names_;
  }
  before_ = std::move(now);
  return make_item(x.stream, x.seq, std::move(out));
}

// What stands still before a plain wall has no flow, and is still there.
void box_follower_function::move_on(const grey_pyramid& now) {
  std::vector<detection> kept;
  for (auto& x : boxes_) {
    auto moved = follow(before_, now, x.where);
    counters.stayed += !moved;
    if (moved)
      x.where = *moved;
    if (is_inside(x.where))
      kept.push_back(x);
  }
  counters.boxes += kept.size();
  counters.left += boxes_.size() - kept.size();
  boxes_ = std::move(kept);
}

box_follower_status box_follower_function::status() const {
  auto x = counters;
  x.time = time_.summary();
  return x;
}

} // namespace vpaas
