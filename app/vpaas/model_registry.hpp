#pragma once

#include "command_line.hpp"

namespace vpaas {

/// `vpaas model register | dispatch | deploy | rollback`, and what is
/// registered. @param line behind `vpaas model`; @returns the exit status
int model_registry_verb(command_line line);

/// Whether this is a verb of it.
bool is_registry_verb(const command_line& line);

} // namespace vpaas
