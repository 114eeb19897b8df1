#include "actors/functions/network_function.hpp"

namespace vpaas {

parameter_specs network_parameters(const std::string& model) {
  return {
    text("model", model, "name of its card"),
    text("device", "cpu", "cpu or cuda:N"),
    integer("threads", 1, 1, 256, "that compute in one run"),
    choice("type", {"card", "fp32", "bf16"}, "card: what its card says"),
  };
}

function_spec
network_function_spec(std::string name, std::string input, std::string output,
                      const std::string& model, const parameter_specs& own) {
  function_spec result;
  result.name = std::move(name);
  result.input = std::move(input);
  result.output = std::move(output);
  for (auto& part : {network_parameters(model), own, batching_parameters()})
    result.parameters.insert(result.parameters.end(), part.begin(), part.end());
  result.blocks = true;
  return result;
}

} // namespace vpaas
