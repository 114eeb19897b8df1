#pragma once

#include "messages/protocol.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>
#include <utility>

namespace vpaas {

/// Other actors that one actor works with, by their logical names: looked for
/// in the node's directory, again after each loss, so that no handle is kept
/// past a `down`. "NODE:NAME" is an actor of a node that joined.
class neighbours {
public:
  void add(const std::string& name) {
    if (!name.empty())
      known_.emplace(name, entry{});
  }

  /// The actor called so; null while it is not there.
  template <class Handle>
  Handle get(const std::string& name) const {
    auto i = known_.find(name);
    return i == known_.end() || !i->second.handle
             ? Handle{}
             : caf::actor_cast<Handle>(i->second.handle);
  }

  bool has(const std::string& name) const {
    auto i = known_.find(name);
    return i != known_.end() && i->second.handle;
  }

  /// Looks for those that are missing; what is found is announced by
  /// `found(name, actor)`. Call it at the start and with every tick.
  template <class Self, class F>
  void look(Self* self, const caf::actor& node, F found) {
    for (auto& [name, x] : known_)
      if (!x.handle && !x.asked) {
        x.asked = true;
        ask(self, caf::actor_cast<node_actor>(node), name, found);
      }
  }

  /// Returns the name of a neighbour that died; empty where it was none.
  std::string forget(const caf::down_msg& x) {
    for (auto& [name, y] : known_)
      if (y.handle && y.handle->address() == x.source) {
        y.handle = {};
        return name;
      }
    return {};
  }

  /// Ends the watch over all of them. Who ends calls it: a neighbour that lives
  /// on would keep the memory of everyone who ever watched it.
  template <class Self>
  void leave(Self* self) {
    for (auto& [name, x] : known_)
      if (auto there = std::exchange(x.handle, {}))
        self->demonitor(there.address());
  }

private:
  struct entry {
    caf::actor handle;
    bool asked = false;
  };

  static constexpr auto patience = std::chrono::seconds(2);

  template <class Self, class F>
  void ask(Self* self, const node_actor& node, const std::string& name,
           F found) {
    auto colon = name.find(':');
    if (colon == std::string::npos)
      return ask_node(self, node, name, name, found);
    node_info who;
    who.name = name.substr(0, colon);
    self->request(node, patience, resolve_atom_v, who)
      .then(
        [this, self, name, colon, found](const caf::actor& there) {
          ask_node(self, caf::actor_cast<node_actor>(there),
                   name.substr(colon + 1), name, found);
        },
        [this, name](const caf::error&) { known_[name].asked = false; });
  }

  template <class Self, class F>
  void ask_node(Self* self, const node_actor& node, const std::string& path,
                const std::string& name, F found) {
    self->request(node, patience, resolve_atom_v, path)
      .then(
        [this, self, name, found](const caf::actor& x) {
          auto& y = known_[name];
          y = {x, false};
          self->monitor(x);
          found(name, x);
        },
        [this, name](const caf::error&) { known_[name].asked = false; });
  }

  std::map<std::string, entry> known_;
};

} // namespace vpaas
