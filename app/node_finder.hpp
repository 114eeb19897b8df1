#pragma once

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

/// A node that was asked for, and whether it answered.
struct found_node {
  node_info info; ///< only the address where it did not answer
  node_actor handle;
  std::string problem;
};

/// Finds nodes and asks them, each question with a finite timeout and by an
/// actor of its own: in one that lives on, CAF's time-outs of what was answered
/// would pile up.
class node_finder {
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

  template <class T, class Handle, class... Ts>
  caf::expected<T> ask(const Handle& whom, const Ts&... xs) {
    caf::expected<T> result{caf::none};
    caf::scoped_actor self{sys_};
    self->request(whom, timeout_, xs...)
      .receive([&](const T& x) { result = x; },
               [&](const caf::error& x) { result = x; });
    return result;
  }

  /// Asks for something that has no answer but that it was done.
  template <class Handle, class... Ts>
  caf::error tell(const Handle& whom, const Ts&... xs) {
    caf::error result;
    caf::scoped_actor self{sys_};
    self->request(whom, timeout_, xs...)
      .receive([] {}, [&](const caf::error& x) { result = x; });
    return result;
  }

  /// The actor with this logical name on a node.
  template <class Handle>
  caf::expected<Handle> actor(const found_node& where,
                              const std::string& name) {
    auto found = ask<caf::actor>(where.handle, resolve_atom_v, name);
    if (!found)
      return found.error();
    return caf::actor_cast<Handle>(*found);
  }

private:
  found_node contact(const std::string& address);

  caf::expected<node_actor> connect(const std::string& host, uint16_t port);

  std::vector<node_info> known_by(const node_actor& x);

  /// One node may have been found under two addresses.
  static std::vector<found_node>
  without_repeats(const std::map<std::string, found_node>& found);

  caf::actor_system& sys_;
  caf::timespan timeout_;
  std::vector<std::string> addresses_;
};

} // namespace vpaas
