#include "runtime/learning/head_lessons.hpp"

#include "runtime/vision/iou.hpp"
#include "runtime/vision/matching.hpp"

#include <algorithm>

namespace vpaas {

namespace {

box moved(const box& x, float right, float down) {
  auto w = right * (x.x1 - x.x0), h = down * (x.y1 - x.y0);
  return {x.x0 + w, x.y0 + h, x.x1 + w, x.y1 + h};
}

bool inside(const box& x) {
  return x.x0 >= 0 && x.y0 >= 0 && x.x1 <= 1 && x.y1 <= 1;
}

} // namespace

std::vector<int32_t> perfect_names(const taught_frame& x) {
  auto objects = x.objects;
  std::vector<bool> named(objects.size());
  for (auto i : match_one_to_one(x.labels, objects))
    if (i != no_match)
      named[size_t(i)] = true;
  for (size_t i = 0; i < objects.size(); ++i)
    if (named[i])
      objects[i].where = {}; // overlaps nothing
  std::vector<detection> boxes;
  for (auto& y : x.regions)
    boxes.push_back({y.place.where, 0, y.place.location, 0});
  std::vector<int32_t> result;
  for (auto i : match_one_to_one(boxes, objects, {0.5f, false}))
    result.push_back(i == no_match ? -1 : objects[size_t(i)].label);
  return result;
}

void teach(head_lessons& to, uint32_t source, const taught_frame& all) {
  auto x = all;
  x.objects = counted(all.objects);
  auto frame = uint32_t(to.frames.size());
  to.frames.push_back({source, count_one_to_one(x.labels, x.objects)});
  auto truth = perfect_names(x);
  auto d = ptrdiff_t(
    x.regions.empty() ? 0 : x.region_features.size() / x.regions.size());
  for (size_t i = 0; i < x.regions.size(); ++i) {
    if (truth[i] < 0 && on_ignored(x.regions[i].place.where, all.objects))
      continue;
    to.lessons.push_back({x.regions[i], truth[i], frame, true});
    auto row = x.region_features.begin() + ptrdiff_t(i) * d;
    to.features.insert(to.features.end(), row, row + d);
  }
}

void teach_more(head_lessons& to, const std::vector<box>& places,
                const std::vector<float>& features,
                const std::vector<int32_t>& truth) {
  auto frame = uint32_t(to.frames.size() - 1);
  for (size_t i = 0; i < places.size(); ++i) {
    hinted_region place;
    place.place.where = places[i];
    place.place.hint = -1;
    to.lessons.push_back({place, truth[i], frame, false});
  }
  to.features.insert(to.features.end(), features.begin(), features.end());
}

std::vector<box> background_of(const std::vector<truth_object>& objects) {
  std::vector<box> result;
  auto shows_one = [&](const box& x) {
    return std::any_of(objects.begin(), objects.end(),
                       [&](auto& y) { return iou(x, y.where) >= 0.1f; });
  };
  for (auto& x : objects)
    for (auto right : {-1.5f, 1.5f})
      if (auto y = moved(x.where, right, 0.25f); inside(y) && !shows_one(y))
        result.push_back(y);
  return result;
}

} // namespace vpaas
