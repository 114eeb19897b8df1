#pragma once

#include "actors/control/dispatcher.hpp"
#include "node_finder.hpp"

#include <vector>

namespace vpaas {

/// What the dispatcher of a backend says of fogs and clouds; none where it does
/// not answer.
std::vector<dispatched_node> nodes_of(node_finder& tool,
                                      const found_node& backend);

struct rollout {
  deployment what; ///< without an artifact: nodes go back to their own
  /// Nodes of its tier for which something else was said by their names.
  std::vector<std::string> exempt;
  caf::timespan wait{0};
  bool as_json = false;
};

/// Waits until each node that it is for has followed or refused, and prints
/// which has.
/// @returns ec::bad_input where one refused, ec::deadline where one did neither
caf::error await_rollout(node_finder& tool, const found_node& backend,
                         const rollout& x);

} // namespace vpaas
