#pragma once

#include "actors/node_asker.hpp"
#include "command_line.hpp"
#include "messages/protocol.hpp"
#include "runtime/node/credentials.hpp"
#include "runtime/node/settings.hpp"

#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// What a verb needs to talk to nodes.
struct tool_setup {
  settings config;
  credentials_ptr own;
};

/// Where the command line reads its configuration: `given`, else
/// config/vpaas.ini where there is one.
std::string tool_file(const std::string& given);

/// Takes `--config-file`, `--nodes` and keys of the configuration off `line`.
/// @returns ec::bad_config also where an option is left that nobody took
caf::expected<tool_setup> take_tool_setup(command_line& line);

/// Finds nodes and asks them.
class node_finder : public node_asker {
public:
  node_finder(const tool_setup& setup, caf::actor_system& sys);

  /// The nodes at the given addresses, and those that they know.
  std::vector<found_node> nodes();

  /// The node of this name.
  caf::expected<found_node> node(const std::string& name);

  /// The node at an address, of a name, or (empty) the first one of this tier.
  caf::expected<found_node> node(const std::string& what, tier otherwise);

  /// As above, but all of the tier where `what` is empty.
  caf::expected<std::vector<found_node>> nodes(const std::string& what,
                                               tier otherwise);

  /// As above, for what must not go to the wrong one: ec::bad_config where
  /// `what` is empty and several answer.
  caf::expected<found_node> only_node(const std::string& what, tier otherwise);

private:
  found_node contact(const std::string& address);

  caf::expected<node_actor> connect(const std::string& host, uint16_t port);

  std::vector<node_info> known_by(const node_actor& x);

  /// One node may have been found under two addresses.
  static std::vector<found_node>
  without_repeats(const std::map<std::string, found_node>& found);

  std::vector<std::string> addresses_;
};

} // namespace vpaas
