#pragma once

#include "messages/protocol.hpp"
#include "messages/report.hpp"

#include <caf/all.hpp>

#include <optional>
#include <string>
#include <utility>

namespace vpaas {

/// The parameters of a function with the options of an item in their place.
/// @returns ec::bad_config where `spec` allows no such option beside an item
caf::expected<document> parameters_under(const function_spec& spec,
                                         const document& parameters,
                                         const document& options);

/// The behavior of a function, with handlers beyond those of all functions. Its
/// state answers `status()`, `apply(item, options)`, `configure(changes)` and
/// `description()`.
template <class Actor, class Pointer, class... Handlers>
typename Actor::behavior_type function_handlers(Pointer self,
                                                Handlers... more) {
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // What it works with is opened before, or with the first item, which it
      // has to fit.
    },
    [self](apply_atom, const item& x) { return self->state.apply(x, {}); },
    [self](apply_atom, const item& x, const document& options) {
      return self->state.apply(x, options);
    },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [self](describe_atom) { return self->state.description(); },
    std::move(more)...,
  };
}

/// What every FUNCTION does around what is special of one: it takes items of
/// its kinds, each with options of its own, counts what it cannot answer, and
/// is configured, described and looked into. `Impl` is the rest:
///
///   struct brightness {
///     static constexpr auto name = "brightness";
///     static constexpr auto verb = "brighten"; // "failed to brighten ..."
///     static function_spec spec();
///     brightness(caf::scheduled_actor* self, const document& parameters);
///     static bool takes(const item& x);
///     // `how`: the parameters, with the item's options in their place
///     caf::expected<item> apply(const item& x, const document& how);
///     // parameters are about to change; an error refuses that
///     caf::error configure(const document& from, const document& to);
///     brightness_status status() const;
///     brightness_status counters; // has `failed` and `last_problem`
///   };
///
/// A function whose `spec` says that it blocks is spawned detached.
template <class Impl, class Actor = function_actor>
struct function_state {
  using pointer = typename Actor::template stateful_pointer<function_state>;

  static inline const char* name = Impl::name;

  explicit function_state(pointer self) : self(self) {
    // nop
  }

  void begin(document x) {
    parameters = std::move(x);
    impl.emplace(self, parameters);
  }

  caf::result<item> apply(const item& x, const document& options) {
    if (!Impl::takes(x))
      return fail(caf::make_error(
        ec::bad_input, std::string{"failed to "} + Impl::verb + " " + x.kind
                         + " " + std::to_string(x.seq) + " of " + x.stream
                         + ": it holds no " + Impl::spec().input
                         + "; send what the function takes"));
    if (auto err = take_options(options))
      return fail(std::move(err));
    auto out = impl->apply(x, options.value().empty() ? parameters : with);
    if (!out)
      return fail(std::move(out.error()));
    return std::move(*out);
  }

  caf::result<document> configure(const document& changes) {
    auto checked = check_changes(Impl::spec().parameters, parameters, changes,
                                 name);
    if (!checked)
      return std::move(checked.error());
    if (auto err = impl->configure(parameters, *checked))
      return err;
    parameters = std::move(*checked);
    last_options = document{};
    return parameters;
  }

  status_report status() const {
    return report(self, "ready", impl->status());
  }

  function_spec description() const {
    return Impl::spec();
  }

  /// Makes `with` of these options; those of the item before are at hand.
  caf::error take_options(const document& options) {
    if (options.value().empty() || options == last_options)
      return caf::none;
    auto checked = parameters_under(Impl::spec(), parameters, options);
    if (!checked)
      return std::move(checked.error());
    with = std::move(*checked);
    last_options = options;
    return caf::none;
  }

  caf::error fail(caf::error reason) {
    ++impl->counters.failed;
    impl->counters.last_problem = describe(reason);
    return reason;
  }

  pointer self;
  document parameters;
  document last_options;
  document with; ///< the parameters under `last_options`
  std::optional<Impl> impl;
};

/// @pre `parameters` passed `check` against `Impl::spec().parameters`
template <class Impl, class Actor, class... Handlers>
typename Actor::behavior_type
function_behavior(typename function_state<Impl, Actor>::pointer self,
                  document parameters, Handlers... more) {
  self->state.begin(std::move(parameters));
  return function_handlers<Actor>(self, std::move(more)...);
}

/// To be spawned: `spawn(function_of<brightness>, parameters)`.
template <class Impl>
function_actor::behavior_type
function_of(typename function_state<Impl>::pointer self, document parameters) {
  return function_behavior<Impl, function_actor>(self, std::move(parameters));
}

} // namespace vpaas
