#pragma once

#include "command_line.hpp"

namespace vpaas {

/// `vpaas model register | dispatch | deploy | rollback`, and what is
/// registered; the same of functions. @param line behind `vpaas model`
/// @param subject "model" or "function"; @returns the exit status
int registry_verb(command_line line, const std::string& subject);

/// Whether this is a verb of it.
bool is_registry_verb(const command_line& line);

} // namespace vpaas
