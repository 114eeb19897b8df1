#include "runtime/evaluation/frame_detector.hpp"

#include <algorithm>

namespace vpaas {

frame_detector::frame_detector(detection_model model)
  : model_(std::move(model)), input_(model_.card().input) {
  serve(model_.card().regions);
}

void frame_detector::serve(const region_filter_config& filter) {
  auto& limits = model_.limits();
  limits.location = filter.theta_loc;
  limits.score = std::min(limits.score, filter.theta_cls);
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
