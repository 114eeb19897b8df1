#pragma once

#include "actors/node_asker.hpp"
#include "runtime/json.hpp"

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

// Streams of a running fog: what the command line, the gateway and the stream
// keeper ask for.

/// The supervisor of the streams of a fog.
constexpr const char* streams_path = "streams";

std::string stream_path(const std::string& name);

/// A node that this one knows, by its name.
caf::expected<found_node> neighbour(node_asker& tool, const found_node& of,
                                    const std::string& name);

/// Starts a stream, which is there after a restart of the fog where that knows
/// a backend; with a client its camera runs there, and is read over the link
/// that the client keeps to the fog.
/// @param client may be null
/// @param parameters of the kind "stream"
caf::error start_stream(node_asker& tool, const found_node& fog,
                        const found_node* client, const std::string& name,
                        json parameters);

/// The camera of a stream, on a client. @param parameters of the stream
caf::error start_camera(node_asker& tool, const found_node& client,
                        const std::string& name, const json& parameters);

bool has_camera(node_asker& tool, const found_node& client,
                const std::string& name);

/// The stream alone. @param client that runs its camera; empty: the fog reads
/// it
caf::error start_reader(node_asker& tool, const found_node& fog,
                        const std::string& client, const std::string& name,
                        json parameters);

/// Ends it for good.
caf::error end_stream(node_asker& tool, const found_node& fog,
                      const found_node* client, const std::string& name);

} // namespace vpaas
