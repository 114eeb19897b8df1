#pragma once

#include "actors/batched_function.hpp"
#include "runtime/media/keyframes.hpp"

#include <caf/all.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vpaas {

/// The SUPER RESOLVER: keyframes to the same ones, larger and sharper, before a
/// detector looks at them [CloudSeg, VI-A]. A batched function: see there for
/// blocking, swaps and failures.
struct super_resolver_world {
  /// Enlarges the frames of one item.
  using enlarge_fun
    = std::function<caf::expected<std::vector<frame>>(const keyframes&)>;

  struct loaded {
    std::string version;
    enlarge_fun enlarge;
  };

  /// Loads the model that the parameters name.
  std::function<caf::expected<loaded>(const document&)> load;
};

function_spec super_resolver_spec();

/// Makes the configuration with which `batched_function` is a super resolver.
/// @param parameters checked against `super_resolver_spec().parameters`
batched_function_config super_resolver(document parameters,
                                       super_resolver_world world);

} // namespace vpaas
