#include "runtime/learning/late_names.hpp"

#include "runtime/vision/iou.hpp"

#include <algorithm>

namespace vpaas {

namespace {

constexpr float same_place = 0.9f; // IoU: a region is passed on as it is

} // namespace

void late_names::saw(const std::string& stream, uint64_t frame,
                     std::vector<taught_crop> crops) {
  frames_.push_back({stream, frame, std::move(crops)});
  while (frames_.size() > cfg_.frames)
    frames_.pop_front();
}

void late_names::remember(const track_key& track, uint64_t frame,
                          taught_crop crop) {
  if (tracks_.count(track) > 0)
    return; // the first crop is the farthest from what the cloud will see
  oldest_[++order_] = track;
  tracks_[track] = {std::move(crop), frame, order_};
  while (tracks_.size() > cfg_.tracks) {
    tracks_.erase(oldest_.begin()->second);
    oldest_.erase(oldest_.begin());
  }
}

std::vector<taught_crop> late_names::take(const frame_result& x) {
  std::vector<taught_crop> result;
  auto of_frame = std::find_if(frames_.begin(), frames_.end(), [&](auto& y) {
    return y.stream == x.stream && y.frame == x.frame;
  });
  for (auto& object : x.objects) {
    track_key track{x.stream, object.track};
    if (object.track == 0)
      continue;
    if (object.by == named_by::fog && of_frame != frames_.end()) {
      for (auto& crop : of_frame->crops)
        if (iou(crop.place.place.where, object.where) >= same_place) {
          remember(track, x.frame, crop);
          break;
        }
    } else if (object.by == named_by::cloud) {
      auto known = tracks_.find(track);
      if (known == tracks_.end() || known->second.frame >= x.frame)
        continue;
      result.push_back(std::move(known->second.crop));
      result.back().label = object.label;
      oldest_.erase(known->second.order);
      tracks_.erase(known);
    }
  }
  if (of_frame != frames_.end())
    frames_.erase(of_frame);
  return result;
}

} // namespace vpaas
