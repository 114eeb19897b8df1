#include "runtime/policy/rollout.hpp"

#include "runtime/error.hpp"
#include "runtime/pipeline/pipeline.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace vpaas {

namespace {

using chosen_deployments
  = std::map<std::pair<std::string, std::string>, const deployment*>;

/// A fog checks pipelines, also their stages on clouds: it holds what runs
/// there.
void hold_libraries(const std::vector<deployment>& deployments,
                    chosen_deployments& chosen) {
  for (auto& x : deployments)
    if (x.parameter == "library" && chosen.count({x.function, "library"}) == 0)
      chosen[{"", "library " + x.function}] = &x;
}

} // namespace

artifact_kind kind_for(const std::string& parameter) {
  if (parameter.rfind("library", 0) == 0)
    return artifact_kind::function;
  return parameter.rfind("heads", 0) == 0 ? artifact_kind::heads
                                          : artifact_kind::model;
}

desired_state desired_on(const std::string& node, const std::string& tier,
                         const std::vector<deployment>& deployments,
                         const std::vector<artifact>& artifacts) {
  chosen_deployments chosen;
  for (auto* target : {&tier, &node}) // the node's own stand last
    for (auto& x : deployments)
      if (x.target == *target)
        chosen[{x.function, x.parameter}] = &x;
  if (tier == home_tier)
    hold_libraries(deployments, chosen);
  desired_state result;
  for (auto& [key, x] : chosen) {
    auto is_it = [&, x = x](const artifact& y) {
      return y.kind == kind_for(x->parameter) && y.reference() == x->artifact;
    };
    auto i = std::find_if(artifacts.begin(), artifacts.end(), is_it);
    if (i != artifacts.end())
      result.slots.push_back({key.first, key.second, *i});
  }
  return result;
}

bool has_file(const artifact& x, const std::string& sha256) {
  return std::any_of(x.files.begin(), x.files.end(),
                     [&](auto& y) { return y.sha256 == sha256; });
}

bool may_pass(const caf::error& x) {
  return x != ec::bad_input && x != ec::bad_config && x != ec::inference
         && x != ec::model_missing;
}

bool is_settled(const desired_state& desired, const reported_state& reported) {
  auto is_there = [&](const desired_slot& x) {
    return std::any_of(
      reported.slots.begin(), reported.slots.end(), [&](auto& y) {
        return y.function == x.function && y.parameter == x.parameter
               && y.artifact == x.what.reference()
               && (y.state == slot_state::serving || y.state == slot_state::held
                   || y.state == slot_state::refused);
      });
  };
  return desired.slots.size() == reported.slots.size()
         && std::all_of(desired.slots.begin(), desired.slots.end(), is_there);
}

} // namespace vpaas
