#pragma once

#include "messages/protocol.hpp"
#include "runtime/error.hpp"

#include <caf/all.hpp>

#include <set>
#include <string>

namespace vpaas::test {

/// What a test holds of a function that changes its parameters and does nothing
/// else.
struct fake_function {
  document parameters{json{{"model", "own"}, {"threads", 1}}};
  std::set<std::string> refused; ///< models that it does not take
  std::set<std::string> overloaded;
  int changes = 0;

  caf::result<document> configure(const document& x) {
    if (x.has("model")) {
      auto model = x.get<std::string>("model");
      if (refused.count(model) != 0)
        return caf::make_error(ec::bad_input, model + " has wrong labels");
      if (overloaded.count(model) != 0)
        return caf::make_error(ec::overload, "no memory");
      parameters.set("model", model);
      ++changes;
    }
    if (x.has("library"))
      parameters.set("library", x.get<std::string>("library"));
    return parameters;
  }
};

inline function_actor::behavior_type function_like(function_actor::pointer,
                                                   fake_function* x) {
  return {
    [](status_atom) { return status_report{}; },
    [](ready_atom) {},
    [](apply_atom, const item& y) { return y; },
    [](apply_atom, const item& y, const document&) { return y; },
    [x](configure_atom, const document& y) { return x->configure(y); },
    [](describe_atom) { return function_spec{}; },
  };
}

} // namespace vpaas::test
