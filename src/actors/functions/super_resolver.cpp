#include "actors/functions/super_resolver.hpp"

#include "actors/functions/detector.hpp"

#include <utility>

namespace vpaas {

namespace {

caf::expected<std::vector<item>>
enlarge_all(const super_resolver_world::enlarge_fun& enlarge,
            const std::vector<item>& inputs) {
  std::vector<item> results;
  for (auto& x : inputs) {
    auto* in = x.value.get<keyframes>();
    if (!in)
      return caf::make_error(ec::bad_input,
                             "failed to enlarge " + x.kind + " "
                               + std::to_string(x.seq) + " of " + x.stream
                               + ": it holds no keyframes; send decoded "
                                 "frames of this process");
    auto frames = enlarge(*in);
    if (!frames)
      return std::move(frames.error());
    results.push_back(make_item(
      x.stream, x.seq, keyframes{in->stream, std::move(*frames), {}, {}}));
  }
  return results;
}

} // namespace

function_spec super_resolver_spec() {
  function_spec result;
  result.name = "super_resolver";
  result.input = keyframes::type_name;
  result.output = keyframes::type_name;
  result.parameters = network_parameters("carn_m");
  for (auto& x : batching_parameters())
    result.parameters.push_back(x);
  result.blocks = true;
  result.billed = true;
  result.help = "makes poor keyframes larger and sharper";
  return result;
}

batched_function_config super_resolver(document parameters,
                                       super_resolver_world world) {
  batched_function_config result;
  result.spec = super_resolver_spec();
  result.parameters = std::move(parameters);
  result.load = [load = std::move(world.load)](
                  const document& x) -> caf::expected<batch_model> {
    if (!load)
      return caf::make_error(ec::model_missing,
                             "failed to load " + x.get<std::string>("model")
                               + ": no networks are here; use another program");
    auto model = load(x);
    if (!model)
      return std::move(model.error());
    return batch_model{model->version, [enlarge = std::move(model->enlarge)](
                                         const std::vector<item>& inputs) {
                         return enlarge_all(enlarge, inputs);
                       }};
  };
  return result;
}

} // namespace vpaas
