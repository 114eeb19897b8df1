#pragma once

#include "actors/batched_function.hpp"

#include <functional>
#include <string>
#include <utility>

namespace vpaas {

/// Settings of every function that runs a network: model, device, threads,
/// type.
parameter_specs network_parameters(const std::string& model);

/// What all functions that run a network on batches have: those settings, then
/// `own`, then those of batches; and that it blocks.
function_spec network_function_spec(std::string name, std::string input,
                                    std::string output,
                                    const std::string& model,
                                    const parameter_specs& own = {});

/// The configuration of a batched function whose networks `load` finds.
/// @param load a `Loaded` has a version
/// @param runs makes of a `Loaded` what answers batches
template <class Loaded, class Runs>
batched_function_config
network_function(function_spec spec, document parameters,
                 std::function<caf::expected<Loaded>(const document&)> load,
                 Runs runs) {
  batched_function_config result;
  result.spec = std::move(spec);
  result.parameters = std::move(parameters);
  result.load = [load = std::move(load),
                 runs](const document& x) -> caf::expected<batch_model> {
    if (!load)
      return caf::make_error(ec::model_missing,
                             "failed to load " + x.get<std::string>("model")
                               + ": no networks are here; use another program");
    auto model = load(x);
    if (!model)
      return std::move(model.error());
    auto version = model->version;
    return batch_model{std::move(version), runs(std::move(*model))};
  };
  return result;
}

} // namespace vpaas
