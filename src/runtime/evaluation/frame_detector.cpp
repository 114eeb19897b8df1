#include "runtime/evaluation/frame_detector.hpp"

#include <algorithm>

namespace vpaas {

frame_detector::frame_detector(detection_model model)
  : model_(std::move(model)), input_(model_.card().input) {
  auto& regions = model_.card().regions;
  auto& limits = model_.limits();
  limits.location = regions.theta_loc;
  limits.score = std::min(limits.score, regions.theta_cls);
}

caf::expected<frame_detector>
frame_detector::load(const located_model& model, const load_options& options) {
  auto loaded = detection_model::load(model, options);
  if (!loaded)
    return loaded.error();
  return frame_detector{std::move(*loaded)};
}

caf::expected<std::vector<detection>> frame_detector::detect(const frame& x) {
  input_.begin(1);
  input_.add(x);
  auto found = model_.detect(input_.batch());
  if (!found)
    return found.error();
  return std::move(found->front());
}

} // namespace vpaas
