#pragma once

#include <caf/fwd.hpp>

namespace vpaas {

/// Makes `cfg` able to send and to receive every type of ours, and vectors of
/// each, and to render our errors.
void register_messages(caf::actor_system_config& cfg);

} // namespace vpaas
