#pragma once

#include "messages/protocol.hpp"

#include <string>

namespace vpaas {

/// Hashes passwords and checks them, one at a time: 0.1 s and 64 MiB each.
/// Spawn detached: it blocks.
using password_actor = caf::typed_actor<
  // Whether this hash is of this password.
  caf::replies_to<find_atom, std::string, std::string>::with<bool>,
  caf::replies_to<apply_atom, std::string>::with<std::string>>;

password_actor::behavior_type password_checker();

} // namespace vpaas
