#include "runtime/evaluation/frame_detector.hpp"

#include <algorithm>
#include <iterator>

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

caf::expected<frame_detector> frame_detector::load(const located_model& model,
                                                   const load_options& options,
                                                   network_shelf* shelf) {
  auto loaded = detection_model::load(model, options, shelf);
  if (!loaded)
    return loaded.error();
  return frame_detector{std::move(*loaded)};
}

caf::expected<std::vector<detection>> frame_detector::detect(const frame& x) {
  auto found = detect(std::vector<frame>{x});
  if (!found)
    return found.error();
  return std::move(found->front());
}

caf::expected<std::vector<detection>>
frame_detector::detect_shifted(const frame& x, int right, int down) {
  input_.begin(1);
  input_.add(x);
  auto shifted = input_.batch();
  auto& whole = input_.batch();
  auto pixel = size_t(whole.channels), line = size_t(whole.width) * pixel;
  auto gap = size_t(right) * pixel;
  for (int y = down; y < whole.height; ++y)
    std::copy_n(whole.values.begin() + ptrdiff_t(size_t(y - down) * line),
                line - gap,
                shifted.values.begin() + ptrdiff_t(size_t(y) * line + gap));
  shifted.content[0].x += float(right);
  shifted.content[0].y += float(down);
  auto found = model_.detect(shifted);
  if (!found)
    return found.error();
  return std::move(found->front());
}

caf::expected<std::vector<std::vector<detection>>>
frame_detector::detect(const std::vector<frame>& xs) {
  auto most = size_t(model_.card().input.max_batch);
  if (most == 0)
    most = xs.size();
  std::vector<std::vector<detection>> result;
  for (size_t i = 0; i < xs.size(); i += most) {
    auto end = std::min(i + most, xs.size());
    input_.begin(end - i);
    for (auto k = i; k < end; ++k)
      input_.add(xs[k]);
    auto found = model_.detect(input_.batch());
    if (!found)
      return found.error();
    std::move(found->begin(), found->end(), std::back_inserter(result));
  }
  return result;
}

} // namespace vpaas
