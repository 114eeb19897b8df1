#pragma once

#include "actors/alarm.hpp"
#include "actors/requests.hpp"
#include "messages/control.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <string>

namespace vpaas {

/// What a subscriber of results is asked.
using listener_actor = observable_actor::extend<
  caf::reacts_to<result_atom, std::vector<frame_result>>>;

/// The part of an actor that hears what goes on: what the monitor sees, events
/// from the ledgers of all nodes, and results, which come to the actor itself.
/// A node that is lost is heard again when it is back.
class hearing {
public:
  struct config {
    caf::actor node; ///< the directory, `node_actor`
    std::string monitor = "monitor";
    caf::timespan period = std::chrono::seconds(1);
    caf::timespan patience = std::chrono::seconds(3);
    uint64_t most = 1000; ///< events of one node at a time
    bool results = true;  ///< subscribes
    /// Each look, before events are asked for.
    std::function<void(const system_view&)> seen;
    /// Whether more events can be taken.
    std::function<bool()> wants_events;
    /// New events of a node, in order.
    std::function<void(const std::string& node, const std::vector<event>&)>
      happened;
  };

  /// @param last known event of each node; of others those from now on count
  void begin(listener_actor::pointer self, config x,
             std::map<std::string, uint64_t> last = {});

  void forget(const caf::down_msg& x);

  /// Nodes whose results are heard.
  size_t nodes() const {
    return heard_.size();
  }

private:
  void look();

  void see(const system_view& x);

  void subscribe(const std::string& node, const node_actor& at);

  void look_for_events(const std::string& node, const node_actor& at);

  listener_actor::pointer self_ = nullptr;
  config cfg_;
  requests asking_;
  alarm clock_;
  std::map<std::string, caf::actor> heard_; ///< results, by node
  std::map<std::string, uint64_t> last_;    ///< event that was told, by node
  caf::timestamp began_;
};

} // namespace vpaas
