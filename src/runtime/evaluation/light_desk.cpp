#include "runtime/evaluation/light_desk.hpp"

#include "runtime/media/light.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

constexpr size_t most_cameras = 1000;
constexpr float sure = 0.9f; // score of a name that is not asked about

frame_crops crops_of(const camera_crops& x, float gain) {
  frame_crops result{x.picture, {}, gain};
  for (auto& place : x.places)
    result.where.push_back(place.place.where);
  return result;
}

/// Of which crops of a picture heads are sure.
std::vector<bool> sure_ones(const one_vs_all& heads, const float* features,
                            const std::vector<hinted_region>& places) {
  auto d = size_t{heads.dimensions};
  auto rows = head_rows(heads, {features, features + places.size() * d},
                        places);
  std::vector<bool> result;
  for (size_t i = 0; i < places.size(); ++i) {
    auto said = heads.name(rows.data() + i * heads.width());
    result.push_back(said.label >= 0 && said.score >= sure);
  }
  return result;
}

} // namespace

void light_desk::look_at(const std::vector<camera_crops>& xs, float usual) {
  for (auto& x : xs) {
    auto& from = cameras_[x.camera];
    from.seen = ++pictures_;
    auto before = from.light.gain();
    from.light.add(light_of(x.picture), usual);
    if (changed_ && from.light.gain() != before)
      changed_(x.camera, from.light.gain());
  }
  while (cameras_.size() > most_cameras + xs.size())
    cameras_.erase(
      std::min_element(cameras_.begin(), cameras_.end(), [](auto& a, auto& b) {
        return a.second.seen < b.second.seen;
      }));
}

caf::expected<std::vector<float>>
light_desk::embed(crop_embedder& with, const std::vector<camera_crops>& xs,
                  const one_vs_all& judge) {
  auto usual = with.card().input.light;
  if (usual > 0)
    look_at(xs, usual);
  std::vector<frame_crops> asked;
  asked.reserve(xs.size());
  for (auto& x : xs)
    asked.push_back(
      crops_of(x, usual > 0 ? cameras_.at(x.camera).light.gain() : 1));
  auto result = with.embed(asked);
  if (result && usual > 0 && with.dimensions() == judge.dimensions)
    if (auto err = compare(with, xs, judge, *result))
      return err;
  return result;
}

caf::error
light_desk::compare(crop_embedder& with, const std::vector<camera_crops>& xs,
                    const one_vs_all& judge, const std::vector<float>& used) {
  std::vector<frame_crops> asked;
  std::vector<std::pair<size_t, const float*>> which; // of xs, its features
  auto features = used.data();
  for (size_t i = 0; i < xs.size(); ++i) {
    auto& light = cameras_.at(xs[i].camera).light;
    if (light.tried() != light.gain()) {
      asked.push_back(crops_of(xs[i], light.tried()));
      which.emplace_back(i, features);
    }
    features += xs[i].places.size() * with.dimensions();
  }
  auto tried = with.embed(asked);
  if (!tried)
    return std::move(tried.error());
  auto next = tried->data();
  for (auto& [i, as_used] : which) {
    auto& x = xs[i];
    auto& light = cameras_.at(x.camera).light;
    auto before = sure_ones(judge, as_used, x.places);
    auto now = sure_ones(judge, next, x.places);
    auto gain = light.gain();
    for (size_t k = 0; k < before.size(); ++k)
      light.judge(before[k], now[k]);
    if (changed_ && light.gain() != gain)
      changed_(x.camera, light.gain());
    next += x.places.size() * with.dimensions();
  }
  return caf::none;
}

} // namespace vpaas
