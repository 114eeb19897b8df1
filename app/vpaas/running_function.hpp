#pragma once

#include "node_finder.hpp"
#include "system.hpp"

#include <string>

namespace vpaas {

/// A connection to a function that runs on some node.
class running_function {
public:
  explicit running_function(const tool_setup& setup)
    : cfg_{setup.config, setup.own}, sys_{cfg_}, tool_{setup, sys_} {
    // nop
  }

  /// Finds NODE/ACTOR.
  caf::error find(const std::string& what) {
    auto slash = what.find('/');
    if (slash == std::string::npos)
      return caf::make_error(ec::bad_config,
                             "\"" + what + "\" is no actor; write NODE/ACTOR");
    auto node = tool_.node(what.substr(0, slash));
    if (!node)
      return std::move(node.error());
    auto found = tool_.actor<function_actor>(*node, what.substr(slash + 1));
    if (!found)
      return std::move(found.error());
    handle_ = std::move(*found);
    return caf::none;
  }

  caf::expected<function_spec> describe() {
    return tool_.ask<function_spec>(handle_, describe_atom_v);
  }

  /// @returns all parameters after the change
  caf::expected<document> configure(const document& changes) {
    return tool_.ask<document>(handle_, configure_atom_v, changes);
  }

private:
  node_system_config cfg_;
  caf::actor_system sys_;
  node_finder tool_;
  function_actor handle_;
};

} // namespace vpaas
