#pragma once

#include "command_line.hpp"

#include <caf/error.hpp>

#include <string>
#include <vector>

namespace vpaas {

// The verbs of the command line. Each returns the exit status: 0, or 1 with a
// message on standard error.

int certs_verb(command_line line);

int configure_verb(command_line line);

int demo_verb(command_line line);

int doctor_verb(command_line line);

int eval_verb(command_line line);

int events_verb(command_line line);

int figures_verb(command_line line);

int function_verb(command_line line);

int heads_verb(command_line line);

int inspect_verb(command_line line);

int label_verb(command_line line);

int model_verb(command_line line);

int nodes_verb(command_line line);

int pipeline_verb(command_line line);

int policy_verb(command_line line);

int profile_verb(command_line line);

int record_verb(command_line line);

int results_verb(command_line line);

int stream_verb(command_line line);

int run_verb(command_line line);

int replay_run_verb(command_line line);

int truth_verb(command_line line);

/// Starts the program beside this one that runs networks. Their libraries take
/// 0.3 s to load, which no other verb should wait for.
int run_networks(const std::string& verb, const command_line& line);

/// The same with these words, and waits for its end. @returns ec::bad_input
/// where it failed; it has said why
caf::error await_networks(const std::string& verb,
                          const std::vector<std::string>& words);

} // namespace vpaas
