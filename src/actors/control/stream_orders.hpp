#pragma once

#include "actors/node_asker.hpp"
#include "runtime/json.hpp"

#include <string>

namespace vpaas {

// Streams of a running fog: what the command line and the gateway ask for.

/// Starts a stream; with a client its camera runs there, and is read over the
/// link that the client keeps to the fog.
/// @param client may be null
/// @param parameters of the kind "stream"
caf::error start_stream(node_asker& tool, const found_node& fog,
                        const found_node* client, const std::string& name,
                        json parameters);

caf::error end_stream(node_asker& tool, const found_node& fog,
                      const found_node* client, const std::string& name);

} // namespace vpaas
