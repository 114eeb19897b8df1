#include "runtime/vision/region_filter.hpp"

#include "runtime/vision/iou.hpp"
#include "runtime/vision/nms.hpp"

#include <algorithm>

namespace vpaas {

namespace {

bool repeats(const box& where, const std::vector<detection>& labels,
             float limit) {
  return std::any_of(labels.begin(), labels.end(), [&](const detection& x) {
    return iou(where, x.where) >= limit;
  });
}

std::vector<region> merged(const std::vector<region>& xs, float limit) {
  std::vector<box> boxes;
  std::vector<float> scores;
  for (auto& x : xs) {
    boxes.push_back(x.where);
    scores.push_back(x.location);
  }
  std::vector<region> result;
  for (auto i : nms(boxes, scores, limit))
    result.push_back(xs[i]);
  return result;
}

} // namespace

std::optional<std::string> region_filter_config::validate() const {
  std::optional<std::string> problem;
  for_each_field(*this, [&](const char* name, float value) {
    if (!problem && !(value >= 0 && value <= 1))
      problem = std::string(name) + " is " + std::to_string(value)
                + "; allowed: 0 to 1";
  });
  return problem;
}

filtered filter_regions(const std::vector<detection>& xs,
                        const region_filter_config& cfg) {
  filtered result;
  for (auto& x : xs)
    if (x.score >= cfg.theta_cls)
      result.labels.push_back(x);
  std::vector<region> rest;
  for (auto& x : xs)
    if (x.score < cfg.theta_cls && x.location >= cfg.theta_loc
        && area(x.where) < cfg.theta_back
        && !repeats(x.where, result.labels, cfg.theta_iou))
      rest.push_back({x.where, x.location, x.label, x.score});
  result.regions = merged(rest, cfg.theta_merge);
  return result;
}

} // namespace vpaas
