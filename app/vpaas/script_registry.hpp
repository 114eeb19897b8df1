#pragma once

#include "command_line.hpp"
#include "runtime/registry_records.hpp"

namespace vpaas {

/// `vpaas pipeline register FILE`, and likewise for other scripts: sends the
/// text of a file to the backend, as the next version of its name.
/// @param line behind "register"; @returns the exit status
int register_script(command_line line, artifact_kind kind);

} // namespace vpaas
