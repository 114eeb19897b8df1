#pragma once

#include "command_line.hpp"

namespace vpaas {

// The verbs of the command line. Each returns the exit status: 0, or 1 with a
// message on standard error.

int certs_verb(command_line line);

int doctor_verb(command_line line);

int inspect_verb(command_line line);

int model_verb(command_line line);

int results_verb(command_line line);

} // namespace vpaas
