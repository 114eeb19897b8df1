#include "actors/functions/null_detector.hpp"

#include "runtime/media/keyframes.hpp"

#include <utility>

namespace vpaas {

namespace {

constexpr const char* version = "null@1";

// Under the default thresholds the first is a label and the second a region.
const std::vector<detection> found = {
  {{.1f, .1f, .3f, .4f}, 0, .9f, .9f},
  {{.6f, .6f, .7f, .7f}, 1, .3f, .6f},
};

size_t frames_of(const item& x) {
  auto* in = x.value.get<keyframes>();
  return in ? in->frames.size() : 0;
}

detections look_at(const item& x) {
  detections result{version, {"person", "car"}, {}, {}};
  if (auto* in = x.value.get<keyframes>())
    for (auto& f : in->frames)
      result.frames.push_back({f.number(), found});
  return result;
}

caf::expected<std::vector<detections>>
look_at_all(const std::vector<item>& xs) {
  std::vector<detections> result;
  result.reserve(xs.size());
  for (auto& x : xs)
    result.push_back(look_at(x));
  return result;
}

caf::error no_networks(const std::string& model) {
  return caf::make_error(ec::model_missing,
                         "failed to load " + model
                           + ": no networks are here; set model = \"null\"");
}

} // namespace

detector_world with_null_model(detector_world real) {
  auto result = real;
  if (!result.frames)
    result.frames = frames_of;
  result.load = [load = std::move(real.load)](
                  const document& x) -> caf::expected<detector_world::loaded> {
    auto model = x.get<std::string>("model");
    if (model == null_model)
      return detector_world::loaded{version, look_at_all};
    if (!load)
      return no_networks(model);
    return load(x);
  };
  return result;
}

} // namespace vpaas
