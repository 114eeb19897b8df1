#include "runtime/pipeline/plan.hpp"

#include <algorithm>

namespace vpaas {

bool pipeline_plan::uses(const std::string& tier) const {
  return std::any_of(stages.begin(), stages.end(), [&](const auto& x) {
    return x.spec.tier == tier && !x.stands_in;
  });
}

std::optional<size_t> pipeline_plan::stand_in(const std::string& tier) const {
  auto i = without.find(tier);
  if (i == without.end())
    i = without.begin();
  return i == without.end() ? std::nullopt : std::optional{i->second};
}

} // namespace vpaas
