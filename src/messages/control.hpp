#pragma once

// What the actors of the control plane say to each other in one process.

#include "messages/protocol.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// A node as the monitor saw it last.
struct viewed_node {
  node_info info;
  node_actor handle;   ///< null where only its name is known
  std::string state;   ///< up, silent or away
  std::string problem; ///< why it is not up
  std::shared_ptr<const std::vector<tree_entry>> tree;
  std::map<std::string, std::shared_ptr<const status_report>>
    actors; ///< by path
};

/// All that runs, at one time. Immutable; any thread.
struct system_view {
  caf::timestamp time;
  std::vector<viewed_node> nodes;
};

/// A view that is handed around.
struct system_snapshot {
  std::shared_ptr<const system_view> all;
};

/// The MONITOR: looks at all nodes and their actors, again and again.
using monitor_actor = observable_actor::extend<
  // The newest view.
  caf::replies_to<read_atom>::with<system_snapshot>>;

/// What was filmed a moment ago, of one stream, for who looks in.
using window_actor = observable_actor::extend<
  // Shows a part.
  caf::reacts_to<publish_atom, segment>,
  // Something happened in it: a clip of it goes to the clip store.
  caf::reacts_to<publish_atom, event>,
  // What is still here of the video around a frame; none: too long ago.
  caf::replies_to<find_atom, uint64_t>::with<std::vector<segment>>,
  // The parts behind this one, waited for if need be; from the newest intra
  // picture on where it is too old, or {0, 0}. None: nothing came for a while.
  caf::replies_to<fetch_atom, segment_key>::with<std::vector<segment>>>;

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::system_snapshot)
