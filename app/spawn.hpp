#pragma once

#include "runtime/function_spec.hpp"
#include "runtime/node/actor_kind.hpp"
#include "runtime/node/process.hpp"
#include "runtime/pulse.hpp"

#include <caf/all.hpp>

#include <utility>

namespace vpaas {

/// Spawns `f` on a thread of its own that gives way to the scheduler's, and has
/// a pulse under the actor's id.
template <class Result, class Self, class... Ts>
caf::actor spawn_in_thread(caf::actor_system& system, Result (*f)(Self, Ts...),
                           Ts... args) {
  auto in_thread = [f](Self self, Ts... xs) -> Result {
    lower_thread_priority();
    begin_pulse(self->id());
    return f(self, std::move(xs)...);
  };
  return caf::actor_cast<caf::actor>(
    system.spawn<caf::detached>(in_thread, std::move(args)...));
}

/// Spawns `f` as its topology says: on the scheduler, or in a thread.
template <class Result, class Self, class... Ts>
caf::actor spawn_as_told(const spawn_context& x, Result (*f)(Self, Ts...),
                         Ts... args) {
  if (x.detached)
    return spawn_in_thread(x.system, f, std::move(args)...);
  return caf::actor_cast<caf::actor>(x.system.spawn(f, std::move(args)...));
}

/// A function is started with the parameters that its description lists.
template <class F>
actor_kind function_kind(const function_spec& spec, F function) {
  return {spec.name, spec.help, spec.parameters, spec.blocks,
          [function](const spawn_context& x) -> caf::expected<caf::actor> {
            return spawn_as_told(x, function, x.parameters);
          }};
}

} // namespace vpaas
