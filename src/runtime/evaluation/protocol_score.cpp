#include "runtime/evaluation/protocol_score.hpp"

#include "runtime/error.hpp"

#include <caf/make_message.hpp>

#include <algorithm>

namespace vpaas {

namespace {

/// The labels of the cloud, and the regions that have a name.
std::vector<detection> merged(const taught_frame& x,
                              const std::vector<naming>& names) {
  auto result = x.labels;
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i].label >= 0)
      result.push_back({x.regions[i].place.where, names[i].label,
                        names[i].score, x.regions[i].place.location});
  return result;
}

std::vector<detection> as_detections(const std::vector<truth_object>& xs) {
  std::vector<detection> result;
  result.reserve(xs.size());
  for (auto& x : xs)
    result.push_back({x.where, x.label, 1, 1});
  return result;
}

/// The labels of the cloud, and what the second look named.
std::vector<detection> with_opinions(const protocol_frame& x,
                                     const std::vector<int32_t>& by_cloud,
                                     const std::vector<int32_t>& by_look) {
  std::vector<detection> named;
  for (auto& y : x.opinions)
    named.push_back({y.where, y.label, y.score, y.score});
  auto result = grouped(x.labels, by_cloud);
  for (auto& y : grouped(named, by_look))
    result.push_back(y);
  return result;
}

std::vector<naming> named_by(const one_vs_all& heads,
                             const std::vector<int32_t>& group_of,
                             const taught_frame& x) {
  if (heads.classes.empty())
    return {};
  auto rows = head_rows(heads, x.region_features, x.regions);
  std::vector<naming> result;
  for (size_t i = 0; i < x.regions.size(); ++i) {
    auto name = heads.name(rows.data() + i * heads.width());
    if (name.label >= 0)
      name.label = group_of[size_t(name.label)];
    result.push_back(name);
  }
  return result;
}

} // namespace

taught_frame taught(const protocol_frame& x, const label_groups& groups,
                    const run_labels& names) {
  taught_frame result;
  result.labels = grouped(x.labels, group_of_labels(groups, names.detector));
  result.objects = grouped(x.objects, group_of_labels(groups, names.judge));
  result.region_features = x.features;
  for (auto& y : x.regions) {
    auto known = y.hint >= 0 && size_t(y.hint) < names.detector.size();
    result.regions.push_back({y, known ? names.detector[size_t(y.hint)] : ""});
  }
  return result;
}

caf::expected<protocol_score>
score_protocol(const protocol_run& run, const label_groups& groups,
               const run_labels& names, const one_vs_all& heads, float alone) {
  if (!heads.classes.empty() && run.dimensions != 0
      && run.dimensions != heads.dimensions)
    return caf::make_error(ec::bad_input,
                           "failed to name regions: the backbone gives "
                             + std::to_string(run.dimensions)
                             + " features, the heads need "
                             + std::to_string(heads.dimensions)
                             + "; use heads that were fitted on it");
  auto group_of = group_of_labels(groups, heads.classes);
  auto by_cloud_group = group_of_labels(groups, names.detector);
  auto by_look_group = group_of_labels(groups, names.look);
  auto judge_group = group_of_labels(groups, names.judge);
  accuracy_meter by_cloud, with_heads, with_look, perfect, repeated;
  protocol_score result;
  for (auto& frame : run.frames) {
    auto x = taught(frame, groups, names);
    auto right = perfect_names(x);
    std::vector<naming> ideal;
    ideal.reserve(right.size());
    for (auto label : right)
      ideal.push_back({label, 0.01f}); // after all labels
    auto ours = named_by(heads, group_of, x);
    by_cloud.add(grouped(sure(frame.found, alone), by_cloud_group), x.objects);
    with_look.add(with_opinions(frame, by_cloud_group, by_look_group),
                  x.objects);
    repeated.add(grouped(as_detections(frame.again), judge_group), x.objects);
    with_heads.add(merged(x, ours), x.objects);
    perfect.add(merged(x, ideal), x.objects);
    result.regions += frame.regions.size();
    for (size_t i = 0; i < ours.size(); ++i) {
      result.named += ours[i].label >= 0;
      result.right += ours[i].label >= 0 && ours[i].label == right[i];
    }
  }
  result.cloud_only = by_cloud.report();
  result.high_low = with_heads.report();
  result.second_look = with_look.report();
  result.perfect = perfect.report();
  result.repeated = repeated.report();
  return result;
}

} // namespace vpaas
