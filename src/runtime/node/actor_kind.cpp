#include "runtime/node/actor_kind.hpp"

#include "runtime/error.hpp"
#include "runtime/name.hpp"

#include <algorithm>

namespace vpaas {

const actor_kind* find_kind(const actor_kinds& kinds, const std::string& name) {
  auto i = std::find_if(kinds.begin(), kinds.end(),
                        [&](const auto& x) { return x.name == name; });
  return i != kinds.end() ? &*i : nullptr;
}

namespace {

caf::expected<document> check_parameters(const actor_kind& kind,
                                         const child_spec& spec,
                                         const std::string& where) {
  auto result = check(kind.parameters, spec.parameters.value(), where);
  if (!result || !kind.validate)
    return result;
  if (auto err = kind.validate(*result))
    return caf::make_error(ec::bad_config, where + ": " + cause_of(err));
  return result;
}

} // namespace

caf::expected<document> check_kind(const actor_kinds& kinds,
                                   const child_spec& spec) {
  auto where = "child \"" + spec.name + "\"";
  if (!is_name(spec.name))
    return caf::make_error(ec::bad_config,
                           where + ": that is no name; write " + name_rule);
  if (auto kind = find_kind(kinds, spec.kind))
    return check_parameters(*kind, spec, where);
  std::string known = supervisor_kind;
  for (const auto& x : kinds)
    known += ", " + x.name;
  return caf::make_error(ec::bad_config,
                         where + ": no kind \"" + spec.kind
                           + "\" on this node; known: " + known);
}

caf::expected<child_spec> complete(const actor_kinds& kinds, child_spec spec) {
  if (spec.kind == supervisor_kind || !spec.node.empty())
    return spec;
  auto parameters = check_kind(kinds, spec);
  if (!parameters)
    return parameters.error();
  spec.parameters = std::move(*parameters);
  auto& expand = find_kind(kinds, spec.kind)->expand;
  return expand ? expand(spec) : spec;
}

caf::expected<caf::actor>
spawn_child(const actor_kinds& kinds, caf::actor_system& system,
            const child_spec& spec, const std::string& path,
            const caf::actor& node) {
  auto parameters = check_kind(kinds, spec);
  if (!parameters)
    return parameters.error();
  try {
    return find_kind(kinds, spec.kind)
      ->spawn({system, path, spec.detached, std::move(*parameters), node});
  } catch (const std::exception& x) {
    return caf::make_error(ec::bad_config,
                           "failed to spawn \"" + path + "\": " + x.what());
  }
}

} // namespace vpaas
