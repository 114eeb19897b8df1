#include "actors/functions/second_look.hpp"

#include <utility>

namespace vpaas {

function_spec second_look_spec() {
  auto result = detector_spec();
  result.name = "second_look";
  result.input = "regions";
  result.parameters.push_back(
    integer("budget", 173056, 0, 1e8,
            "pixels a keyframe that it may look at; 0 = none"));
  result.parameters.push_back(
    texts("labels", "that matter; none named: all of the model"));
  result.help = "names regions by another look at the full quality";
  return result;
}

batched_function_config second_look_function(document parameters,
                                             detector_world world) {
  auto result = detector(std::move(parameters), std::move(world));
  result.spec = second_look_spec();
  return result;
}

} // namespace vpaas
