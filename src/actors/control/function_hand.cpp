#include "actors/control/function_hand.hpp"

#include "runtime/error.hpp"

#include <utility>

namespace vpaas {

function_hand::function_hand(model_cache_actor::pointer self,
                             const caf::actor& node, caf::timespan patience,
                             caf::timespan limit)
  : self_(self), node_(node), patience_(patience), limit_(limit),
    functions_(self, node, patience) {
  // nop
}

void function_hand::configure(const std::string& function,
                              const document& changes, caf::timespan limit,
                              told f) {
  functions_.find(function, [=](const auto& found) {
    if (!found)
      return f(found.error());
    asking_
      .send(self_, caf::actor_cast<function_actor>(*found), limit,
            configure_atom_v, changes)
      .then([f](const document& x) { f(x); }, [f](caf::error& x) { f(x); });
  });
}

void function_hand::read(const std::string& function, told f) {
  configure(function, document{}, patience_, std::move(f));
}

void function_hand::set(const std::string& function,
                        const std::string& parameter, const json& value,
                        done f) {
  configure(function, document{json{{parameter, value}}}, limit_,
            [f](const auto& x) { f(x ? caf::error{} : x.error()); });
}

void function_hand::run(const std::string& function, const std::string& library,
                        done f) {
  set(function, "library", library, [=](const caf::error& cause) {
    if (cause == ec::not_found)
      start(function, library, f);
    else
      f(cause);
  });
}

void function_hand::start(const std::string& function,
                          const std::string& library, done f) {
  child_spec spec;
  spec.name = function;
  spec.kind = registered_function_kind;
  spec.detached = true;
  spec.stall_after = usual_stall;
  spec.parameters.set("library", library);
  asking_
    .send(self_, caf::actor_cast<node_actor>(node_), patience_, start_atom_v,
          spec, function, caf::actor_cast<caf::actor>(self_))
    .then([f](const caf::actor&) { f({}); }, [f](caf::error& x) { f(x); });
}

void function_hand::end(const std::string& function, done f) {
  functions_.find(function, [f](const auto& found) {
    if (found)
      caf::anon_send_exit(*found, caf::exit_reason::user_shutdown);
    f(found || found.error() == ec::not_found ? caf::error{} : found.error());
  });
}

void function_hand::forget(caf::down_msg& x) {
  functions_.forget(x);
  asking_.forget(self_, x);
}

} // namespace vpaas
