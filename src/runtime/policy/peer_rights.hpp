#pragma once

#include "runtime/fields.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vpaas {

/// What a node is by its certificate, and so what it may ask of others.
enum class node_role : uint8_t {
  none, ///< its certificate does not say
  client,
  fog,
  cloud,
  backend,
  operate, ///< the command line
  any,     ///< it knows the secret, or is believed without a role
};

constexpr auto names_of(node_role) {
  return std::array{"none",    "client",   "fog", "cloud",
                    "backend", "operator", "any"};
}

/// The role of this name that a certificate can have; else nothing.
std::optional<node_role> role_called(std::string_view name);

/// The role that a name speaks of, as "fog-1" and "operator" do; else none.
node_role role_in_name(const std::string& name);

/// What a message of another node says, as far as rights go by it.
struct letter {
  std::string to;    ///< kind of the actor that gets it: "camera"
  std::string what;  ///< verb and types: "start child_spec str actor"
  std::string about; ///< the path, kind, target or fog that it names first
};

/// A node that sends letters.
struct peer {
  std::string name;
  node_role role = node_role::none;
};

/// Whether `who` may send `x` to a node whose role is `where`.
bool may_send(const peer& who, node_role where, const letter& x);

/// Whether others hand on what `who` sends to a third node. Answers they hand
/// on for everybody.
bool may_relay(node_role who);

/// Why a letter was not delivered, and what to do. To nobody: it was for
/// others.
std::string refusal_of(const peer& who, const letter& x);

} // namespace vpaas
