#pragma once

#include "messages/trace.hpp"
#include "runtime/node/settings.hpp"

namespace vpaas {

/// Which keyframes a fog or a backend traces: [traces] of its configuration.
tracing traces_of(const settings& x);

} // namespace vpaas
