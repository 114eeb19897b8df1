#include "actors/functions/detector.hpp"

#include <utility>

namespace vpaas {

namespace {

caf::expected<std::vector<item>>
answer(const detector_world::detect_fun& detect,
       const std::vector<item>& inputs) {
  auto found = detect(inputs);
  if (!found)
    return found.error();
  if (found->size() != inputs.size())
    return caf::make_error(ec::inference,
                           "failed to detect: " + std::to_string(found->size())
                             + " answers for " + std::to_string(inputs.size())
                             + " items");
  std::vector<item> results;
  for (size_t i = 0; i < inputs.size(); ++i)
    results.push_back(
      make_item(inputs[i].stream, inputs[i].seq, std::move((*found)[i])));
  return results;
}

} // namespace

function_spec detector_spec() {
  auto result = network_function_spec("detector", "keyframes",
                                      detections::type_name, "nanodet-plus-m");
  result.billed = true;
  result.help = "finds objects on keyframes";
  return result;
}

batched_function_config detector(document parameters, detector_world world) {
  auto spec = detector_spec();
  spec.input = world.input;
  auto result = network_function(
    std::move(spec), std::move(parameters), std::move(world.load),
    [](detector_world::loaded x) -> batch_fun {
      return [detect = std::move(x.detect)](const std::vector<item>& inputs) {
        return answer(detect, inputs);
      };
    });
  result.weigh = std::move(world.frames);
  return result;
}

} // namespace vpaas
