#pragma once

#include "command_line.hpp"
#include "runtime/nn/network.hpp"

namespace vpaas {

// The verbs that run networks. Their words stand behind the verb's own; each
// returns the exit status, as the others do.

int model_run_verb(command_line line);

int eval_detector_verb(command_line line);

int run_pipeline_verb(command_line line);

/// Takes --zoo.path, --device, --threads and --type, which all of them have.
struct network_choice {
  std::string zoo_path, device, type;
  int threads = 1;

  /// @returns ec::bad_config
  static caf::expected<network_choice> take(command_line& line);

  /// Finds the model called `name` and how it shall run.
  caf::expected<std::pair<located_model, load_options>>
  find(const std::string& name) const;
};

} // namespace vpaas
