#include "runtime/error.hpp"
#include "runtime/nn/zoo.hpp"
#include "verbs.hpp"

#include <caf/make_message.hpp>

#include <cstdlib>

namespace vpaas {

caf::expected<network_choice> network_choice::take(command_line& line) {
  network_choice result;
  result.zoo_path = line.take("zoo.path", "");
  result.device = line.take("device", "cpu");
  result.type = line.take("type", "");
  result.threads = std::atoi(line.take("threads", "1").c_str());
  number_type known;
  if (!result.type.empty() && !from_string(result.type, known))
    return caf::make_error(ec::bad_config,
                           "--type=" + result.type + "; write fp32 or bf16");
  if (result.threads < 1)
    return caf::make_error(ec::bad_config, "--threads is at least 1");
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
