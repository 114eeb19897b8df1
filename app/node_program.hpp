#pragma once

#include "actors/supervisor.hpp"
#include "runtime/node/actor_kind.hpp"
#include "runtime/node/settings.hpp"
#include "runtime/node/topology.hpp"

namespace vpaas {

/// A node binary: the tier it belongs to and the actors that it can host, which
/// may depend on the configuration.
struct node_program {
  tier where;
  actor_kinds (*kinds)(const settings&);
  /// Looks for the networks and stores that a child of a topology names; null:
  /// there are none.
  caf::error (*find_named)(const settings&, const child_spec&) = nullptr;
};

/// Returns what starts a topology's tree with kinds of this table.
/// @param node the directory, `node_actor`
supervisor_config root_of(const topology& tree, const actor_kinds& kinds,
                          caf::actor_system& sys, const caf::actor& node);

/// The whole life of a node: reads the command line and the configuration,
/// starts the topology, waits for SIGTERM or SIGINT, stops in order.
/// @returns the exit status: 0, or 1 with a message on standard error
int run_node(const node_program& program, int argc, char** argv);

} // namespace vpaas
