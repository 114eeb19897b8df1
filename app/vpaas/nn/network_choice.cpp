#include "runtime/error.hpp"
#include "runtime/nn/zoo.hpp"
#include "verbs.hpp"

#include <caf/make_message.hpp>

namespace vpaas {

caf::expected<network_choice> network_choice::take(command_line& line) {
  network_choice result;
  result.zoo_path = line.take("zoo.path", "");
  result.device = line.take("device", "cpu");
  result.type = line.take("type", "");
  if (auto err = line.take_number("threads", result.threads, 1, 256))
    return err;
  number_type known;
  if (!result.type.empty() && !from_string(result.type, known))
    return caf::make_error(ec::bad_config,
                           "--type=" + result.type + "; write fp32 or bf16");
  return result;
}

caf::expected<std::pair<located_model, load_options>>
network_choice::find(const std::string& name) const {
  if (name.empty())
    return caf::make_error(ec::bad_config, "no model is named; see --help");
  auto model = default_zoo(zoo_path).locate(name);
  if (!model)
    return model.error();
  auto options = options_for(model->card, device, threads);
  if (!type.empty())
    from_string(type, options.type);
  return std::make_pair(std::move(*model), options);
}

} // namespace vpaas
