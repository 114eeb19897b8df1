#include "actors/functions/super_resolver.hpp"

#include "actors/functions/network_function.hpp"

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
  auto result = network_function_spec("super_resolver", keyframes::type_name,
                                      keyframes::type_name, "carn_m");
  result.billed = true;
  result.help = "makes poor keyframes larger and sharper";
  return result;
}

batched_function_config super_resolver(document parameters,
                                       super_resolver_world world) {
  return network_function(
    super_resolver_spec(), std::move(parameters), std::move(world.load),
    [](super_resolver_world::loaded x) -> batch_fun {
      return [enlarge = std::move(x.enlarge)](const std::vector<item>& inputs) {
        return enlarge_all(enlarge, inputs);
      };
    });
}

} // namespace vpaas
