#pragma once

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// The actors that one actor works with, by their logical names: asks the node
/// for a handle when one is needed, watches it, and forgets it at its `down`,
/// so that no handle is kept beyond. "NODE:NAME" is an actor of a node that
/// joined. With its owner it lets go of all of them: one that lives on would
/// keep the memory of everyone who ever watched it. Owned by the state of an
/// actor, whose down handler calls `forget`.
class directory {
public:
  using receiver = std::function<void(const caf::expected<caf::actor>&)>;

  /// Gets name and handle of one that was found.
  using found_fun = std::function<void(const std::string&, const caf::actor&)>;

  /// @param node `node_actor`
  /// @param patience for the node to answer
  directory(caf::scheduled_actor* self, const caf::actor& node,
            caf::timespan patience = std::chrono::seconds(2));

  directory(const directory&) = delete;

  directory& operator=(const directory&) = delete;

  ~directory();

  /// Calls `f` with the actor called `name`, at once where it is known, or with
  /// why there is none. Who asks for the same name gets it in the order of
  /// asking.
  void find(const std::string& name, receiver f);

  /// From now on `look` looks for it; an empty name is nobody's.
  void want(const std::string& name);

  /// Looks for those that are wanted and missing; `found` hears of each. Call
  /// it at the start and with every tick.
  void look(const found_fun& found);

  /// The actor called so; null while it is not there.
  template <class Handle>
  Handle get(const std::string& name) const {
    auto i = known_.find(name);
    return i == known_.end() || !i->second.handle
             ? Handle{}
             : caf::actor_cast<Handle>(i->second.handle);
  }

  bool has(const std::string& name) const;

  /// @returns the name of who died; empty where it is none of these
  std::string forget(const caf::down_msg& x);

  /// Names for which there is a handle.
  size_t size() const;

private:
  struct entry {
    caf::actor handle;
    bool wanted = false;
    std::vector<receiver> waiting; ///< not empty: the node was asked
  };

  /// Asks `node` for what `key` names: a path, or a node that joined.
  template <class Key>
  void ask(const caf::actor& node, const Key& key, receiver f);

  void resolve(const std::string& name);

  void tell(const std::string& name, const caf::expected<caf::actor>& found);

  caf::scheduled_actor* self_;
  caf::actor node_;
  caf::timespan patience_;
  std::map<std::string, entry> known_;
};

} // namespace vpaas
