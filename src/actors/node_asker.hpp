#pragma once

#include "messages/protocol.hpp"

#include <caf/all.hpp>

#include <string>

namespace vpaas {

/// A node that was asked for, and whether it answered.
struct found_node {
  node_info info; ///< only the address where it did not answer
  node_actor handle;
  std::string problem;
};

/// Asks actors from a thread that is none, each question with a finite timeout
/// and by an actor of its own: in one that lives on, CAF's time-outs of what
/// was answered would pile up.
class node_asker {
public:
  node_asker(caf::actor_system& sys, caf::timespan timeout)
    : sys_(sys), timeout_(timeout) {
    // nop
  }

  template <class T, class Handle, class... Ts>
  caf::expected<T> ask(const Handle& whom, const Ts&... xs) {
    caf::expected<T> result{caf::none};
    caf::scoped_actor self{sys_};
    self->request(whom, timeout_, xs...)
      .receive([&](const T& x) { result = x; },
               [&](const caf::error& x) { result = x; });
    return result;
  }

  /// Asks for something that has no answer but that it was done.
  template <class Handle, class... Ts>
  caf::error tell(const Handle& whom, const Ts&... xs) {
    caf::error result;
    caf::scoped_actor self{sys_};
    self->request(whom, timeout_, xs...)
      .receive([] {}, [&](const caf::error& x) { result = x; });
    return result;
  }

  /// The actor with this logical name on a node.
  template <class Handle>
  caf::expected<Handle> actor(const found_node& where,
                              const std::string& name) {
    auto found = ask<caf::actor>(where.handle, resolve_atom_v, name);
    if (!found)
      return found.error();
    return caf::actor_cast<Handle>(*found);
  }

protected:
  caf::actor_system& sys_;
  caf::timespan timeout_;
};

} // namespace vpaas
