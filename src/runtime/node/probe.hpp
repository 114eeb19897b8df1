#pragma once

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <string>

namespace vpaas {

/// Resolves `host` and looks whether something accepts on `port`. Blocks: for
/// as long as the resolver takes, and then for at most `timeout`.
/// @returns the numeric address that accepted, or ec::io
caf::expected<std::string> probe_port(const std::string& host, uint16_t port,
                                      caf::timespan timeout);

/// Connects to the first address of `host` that accepts. Blocks as above.
/// @returns the socket, which does not block, or ec::io
caf::expected<int> connect_to(const std::string& host, uint16_t port,
                              caf::timespan timeout);

} // namespace vpaas
