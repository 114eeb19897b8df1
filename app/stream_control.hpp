#pragma once

#include "node_finder.hpp"

#include <string>

namespace vpaas {

// Streams of a running fog.

/// A policy, pipeline or function that lies here is sent as text: nodes open no
/// file of ours. @param parameters of the kind "stream"
caf::error read_scripts(json& parameters);

/// Starts a stream; with a client its camera runs there, and is read over the
/// link that the client keeps to the fog.
/// @param client may be null
/// @param parameters of the kind "stream"
caf::error add_stream(node_finder& tool, const found_node& fog,
                      const found_node* client, const std::string& name,
                      json parameters);

/// The client whose camera was added with a stream and goes with it; empty
/// where the camera is the fog's, or was there before.
caf::expected<std::string> client_of_stream(node_finder& tool,
                                            const found_node& fog,
                                            const std::string& name);

/// With a client its camera goes too, even where the fog has no such stream.
/// @param client may be null
caf::error remove_stream(node_finder& tool, const found_node& fog,
                         const found_node* client, const std::string& name);

/// What the coordinator of a stream says.
caf::expected<status_report> look_at_stream(node_finder& tool,
                                            const found_node& fog,
                                            const std::string& name);

} // namespace vpaas
