#pragma once

#include "actors/requests.hpp"
#include "messages/learning.hpp"

#include <functional>
#include <string>

namespace vpaas {

/// Finds the collectors of this node and of those that joined it. Owned by the
/// state of the actor that asks.
class fog_finder {
public:
  using take_fun
    = std::function<void(const std::string& node, const collector_actor&)>;

  /// Asks all nodes, and gives each collector that answers to `take`.
  template <class Self>
  void look(Self self, const caf::actor& node, caf::timespan patience,
            const take_fun& take) {
    auto here = caf::actor_cast<node_actor>(node);
    auto ignore = [](const caf::error&) {
      // It is away, or has no collector: the next look asks again.
    };
    auto ask = [this, self, patience, take, ignore](const std::string& name,
                                                    const node_actor& at) {
      asking_.send(self, at, patience, resolve_atom_v, std::string{"collector"})
        .then(
          [name, take](const caf::actor& found) {
            take(name, caf::actor_cast<collector_actor>(found));
          },
          ignore);
    };
    asking_.send(self, here, patience, nodes_atom_v)
      .then(
        [this, self, here, patience, ask,
         ignore](const std::vector<node_info>& xs) {
          for (size_t i = 0; i < xs.size(); ++i) {
            if (i == 0) { // it names itself first
              ask(xs[i].name, here);
              continue;
            }
            asking_.send(self, here, patience, resolve_atom_v, xs[i])
              .then(
                [ask, name = xs[i].name](const caf::actor& at) {
                  ask(name, caf::actor_cast<node_actor>(at));
                },
                ignore);
          }
        },
        ignore);
  }

private:
  requests asking_;
};

} // namespace vpaas
