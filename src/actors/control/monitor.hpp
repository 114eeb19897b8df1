#pragma once

#include "actors/alarm.hpp"
#include "actors/requests.hpp"
#include "messages/control.hpp"

#include <caf/all.hpp>

#include <map>
#include <set>
#include <string>

namespace vpaas {

/// The MONITOR of the control plane: looks again and again at this node, at
/// those that joined it, and at the clients of fogs among these: supervision
/// trees, and what actors say of themselves. A node that does not answer is
/// shown as silent, one that left or was lost as away. Never blocks.
struct monitor_config {
  caf::actor node; ///< this one's, `node_actor`
  caf::timespan period = std::chrono::seconds(1);
  uint64_t often = 2;         ///< coordinators and cameras: each so many looks
  uint64_t seldom = 6;        ///< all other actors
  uint64_t max_actors = 5000; ///< of one node, that are asked
  caf::timespan patience = std::chrono::seconds(3);

  caf::error validate() const;
};

struct monitor_status {
  uint64_t looks = 0;
  uint64_t nodes = 0;
  uint64_t silent = 0; ///< nodes, now
  uint64_t actors = 0; ///< that are known

  static constexpr auto type_name = "monitor_status";

  static constexpr auto fields() {
    using self = monitor_status;
    return std::make_tuple(
      field("looks", &self::looks), field("nodes", &self::nodes),
      field("silent", &self::silent), field("actors", &self::actors));
  }
};

struct monitor_state {
  static inline const char* name = "monitor";

  explicit monitor_state(monitor_actor::stateful_pointer<monitor_state> self);

  /// @pre `!x.validate()`
  void begin(monitor_config x);

  system_snapshot view() const;

  /// A node is lost.
  void forget(const caf::down_msg& x);

  status_report status() const;

  monitor_actor::stateful_pointer<monitor_state> self;
  monitor_config cfg;
  std::map<std::string, viewed_node> nodes; ///< by name
  uint64_t looks = 0;

private:
  void look();

  /// These nodes are known to `by`, a node actor.
  void take(const std::vector<node_info>& xs, const node_actor& by);

  void look_at(const node_info& x, const node_actor& handle);

  void take_tree(const std::string& name, std::vector<tree_entry>& xs);

  void ask(const std::string& name, const std::string& path);

  void watch(viewed_node& x, const node_actor& handle);

  /// It has left, or the way to it is lost.
  void leave(viewed_node& x);

  void failed(const std::string& name, const caf::error& cause);

  bool is_due(const tree_entry& x) const;

  requests asking;
  alarm clock;
  std::set<std::string> looking; ///< nodes with an open question
  std::set<std::string> seen;    ///< nodes that were named in this look
};

monitor_actor::behavior_type
monitor(monitor_actor::stateful_pointer<monitor_state> self,
        monitor_config cfg);

} // namespace vpaas
