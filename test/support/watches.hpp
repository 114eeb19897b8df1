#pragma once

#include <caf/all.hpp>
#include <caf/default_attachable.hpp>

namespace vpaas::test {

/// How often `who` monitors `whom`. Ends these watches.
template <class Handle>
size_t watches(const caf::actor_addr& who, const Handle& whom) {
  caf::default_attachable::observe_token monitors{
    who, caf::default_attachable::monitor};
  return caf::actor_cast<caf::abstract_actor*>(whom)->detach(monitors);
}

} // namespace vpaas::test
