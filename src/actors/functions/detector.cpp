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

parameter_specs network_parameters(const std::string& model) {
  return {
    text("model", model, "name of its card"),
    text("device", "cpu", "cpu or cuda:N"),
    integer("threads", 1, 1, 256, "that compute in one run"),
    choice("type", {"card", "fp32", "bf16"}, "card: what its card says"),
  };
}

function_spec detector_spec() {
  function_spec result;
  result.name = "detector";
  result.input = "keyframes";
  result.output = detections::type_name;
  result.parameters = network_parameters("nanodet-plus-m");
  for (auto& x : batching_parameters())
    result.parameters.push_back(x);
  result.blocks = true;
  result.billed = true;
  result.help = "finds objects on keyframes";
  return result;
}

batched_function_config detector(document parameters, detector_world world) {
  batched_function_config result;
  result.spec = detector_spec();
  result.spec.input = world.input;
  result.parameters = std::move(parameters);
  result.weigh = std::move(world.frames);
  result.load = [load = std::move(world.load)](
                  const document& x) -> caf::expected<batch_model> {
    auto model = load(x);
    if (!model)
      return model.error();
    return batch_model{model->version, [detect = std::move(model->detect)](
                                         const std::vector<item>& inputs) {
                         return answer(detect, inputs);
                       }};
  };
  return result;
}

} // namespace vpaas
