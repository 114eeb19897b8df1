#include "actors/function.hpp"

#include <algorithm>

namespace vpaas {

caf::expected<document> parameters_under(const function_spec& spec,
                                         const document& parameters,
                                         const document& options) {
  for (auto& [key, value] : options.value().items())
    if (std::count(spec.options.begin(), spec.options.end(), key) == 0)
      return caf::make_error(ec::bad_config,
                             spec.name + ": no option \"" + key
                               + "\" comes with an item; configure it");
  return check_changes(spec.parameters, parameters, options, spec.name);
}

} // namespace vpaas
