#pragma once

#include "messages/protocol.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

/// The siblings of an actor, by logical name: asks the node for a handle when
/// one is needed, and keeps it until the sibling's `down`. Who asks for the
/// same name gets it in the order of asking. Owned by the state of the actor,
/// whose down handler calls `forget`.
/// @tparam Self pointer to that actor
template <class Self>
class siblings {
public:
  using receiver = std::function<void(caf::expected<caf::actor>)>;

  /// @param node `node_actor`
  siblings(Self self, caf::actor node, caf::timespan timeout)
    : self_(self), node_(std::move(node)), timeout_(timeout) {
    // nop
  }

  /// Calls `f` with the actor called `name`, at once where it is known, or
  /// with why there is none.
  void find(const std::string& name, receiver f) {
    auto& x = known_[name];
    if (x.handle)
      return f(x.handle);
    x.waiting.push_back(std::move(f));
    if (x.waiting.size() > 1)
      return;
    self_
      ->request(caf::actor_cast<node_actor>(node_), timeout_, resolve_atom_v,
                name)
      .then([this, name](const caf::actor& found) { tell(name, found); },
            [this, name](caf::error& why) { tell(name, std::move(why)); });
  }

  /// A sibling died, or somebody else. @returns whether it was a sibling
  bool forget(const caf::down_msg& x) {
    for (auto& [name, y] : known_)
      if (y.handle && y.handle.address() == x.source) {
        y.handle = nullptr;
        return true;
      }
    return false;
  }

  /// Names for which there is a handle.
  size_t size() const {
    size_t result = 0;
    for (auto& x : known_)
      result += x.second.handle ? 1 : 0;
    return result;
  }

private:
  struct entry {
    caf::actor handle;
    std::vector<receiver> waiting; ///< not empty: the node was asked
  };

  void tell(const std::string& name, caf::expected<caf::actor> found) {
    auto& x = known_[name];
    if (found) {
      x.handle = *found;
      self_->monitor(x.handle);
    }
    for (auto& f : std::exchange(x.waiting, {}))
      f(found);
  }

  Self self_;
  caf::actor node_;
  caf::timespan timeout_;
  std::map<std::string, entry> known_;
};

} // namespace vpaas
