#pragma once

#include "support/test_system.hpp"
#include "support/value_of.hpp"

#include <caf/all.hpp>

#include <vector>

namespace vpaas::test {

/// Talks to functions under the virtual clock, and ends them with the test.
struct functions : test_system {
  std::vector<caf::actor> begun;

  ~functions() {
    end_all();
  }

  /// For fixtures whose members the actors refer to.
  void end_all() {
    for (auto& x : begun)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    begun.clear();
    run();
  }

  static document defaults(const function_spec& spec,
                           json values = json::object()) {
    return value_of(check(spec.parameters, values, spec.name));
  }

  template <class Handle>
  Handle remember(Handle x) {
    begun.push_back(caf::actor_cast<caf::actor>(x));
    return x;
  }

  /// Asks, lets everything run that can run without time passing, and returns
  /// the answer.
  template <class Result, class Handle, class... Ts>
  caf::expected<Result> ask(const Handle& to, Ts... xs) {
    caf::expected<Result> result{caf::sec::none};
    auto reply = self->request(to, caf::infinite, std::move(xs)...);
    run();
    reply.receive([&](Result& x) { result = std::move(x); },
                  [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  template <class Out, class Handle, class In>
  caf::expected<Out> apply(const Handle& to, In value, uint64_t seq = 1) {
    auto out = ask<item>(to, apply_atom_v,
                         make_item("s", seq, std::move(value)));
    if (!out)
      return out.error();
    auto* result = out->value.template get<Out>();
    if (!result || out->kind != Out::type_name || out->seq != seq)
      return caf::make_error(ec::bad_input,
                             "another kind or key: " + out->kind);
    return *result;
  }

  template <class Handle>
  json status(const Handle& of) {
    return value_of(ask<status_report>(of, status_atom_v)).details.value();
  }
};

} // namespace vpaas::test
