#pragma once

#include "command_line.hpp"

#include <caf/timestamp.hpp>

namespace vpaas {

/// Takes `--since=TIME` off: "10min" ago, or a local time, as far as it is
/// written out. `x` stays as it is where it was not there.
/// @returns ec::bad_config
caf::error take_since(command_line& line, caf::timestamp& x);

} // namespace vpaas
