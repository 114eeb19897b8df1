#pragma once

#include "messages/deployment.hpp"
#include "node_finder.hpp"
#include "system.hpp"

#include <string>

namespace vpaas {

/// A connection to the registry of a backend.
struct registry_client {
  /// @param name of the backend; empty: the only one
  registry_client(const tool_setup& setup, const std::string& name)
    : cfg(setup.config, setup.own), sys(cfg), tool(setup, sys) {
    auto found = tool.only_node(name, tier::backend);
    if (!found) {
      problem = std::move(found.error());
      return;
    }
    node = std::move(*found);
    auto store = tool.actor<registry_actor>(node, registry_name);
    if (store)
      registry = std::move(*store);
    else
      problem = std::move(store.error());
  }

  node_system_config cfg;
  caf::actor_system sys;
  node_finder tool;
  found_node node;
  registry_actor registry;
  caf::error problem; ///< why there is none
};

} // namespace vpaas
