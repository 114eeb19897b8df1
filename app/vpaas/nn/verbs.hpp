#pragma once

#include "command_line.hpp"
#include "runtime/nn/network.hpp"

namespace vpaas {

// The verbs that run networks. Their words stand behind the verb's own; each
// returns the exit status, as the others do.

int model_import_verb(command_line line);

int model_run_verb(command_line line);

int eval_detector_verb(command_line line);

int eval_heads_verb(command_line line);

int eval_protocol_verb(command_line line);

int heads_fit_verb(command_line line);

int run_pipeline_verb(command_line line);

int replay_verb(command_line line);

int demo_outage_verb(command_line line);

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

/// Lines of the help for these options.
inline constexpr const char* network_options_help
  = "  --threads=N        (1)\n"
    "  --type=fp32|bf16   (what the card says)\n"
    "  --device=DEVICE    cpu or cuda:N (cpu)\n"
    "  --zoo.path=DIR:DIR folders that are searched first\n";

} // namespace vpaas
