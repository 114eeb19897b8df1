#pragma once

#include "actors/canaries.hpp"
#include "messages/protocol.hpp"
#include "runtime/node/actor_kind.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <string>

namespace vpaas {

/// The one actor that a node publishes: it introduces the node, keeps the
/// directory of logical names, and hosts actors for supervisors of other nodes.
/// When a joined node is lost it forgets it, and ends what it hosted for it;
/// when its own tree gives up it ends. Never blocks.
struct node_config {
  node_info info;
  actor_kinds kinds;
  /// Starts the node's own tree once the node is published; gets the handle of
  /// the node actor.
  std::function<supervisor_actor(const caf::actor& node)> start_tree;
  caf::timespan grace = std::chrono::seconds(20); ///< for the tree to stop
};

/// What the node answers to `status`.
struct node_status {
  node_info info;
  uint64_t names = 0;     ///< in the directory
  uint64_t joined = 0;    ///< nodes that are known and there
  uint64_t lost = 0;      ///< nodes that were lost since the start
  uint64_t guests = 0;    ///< actors hosted for other nodes
  uint64_t actors = 0;    ///< running in this process, CAF's own included
  uint64_t rss_bytes = 0; ///< resident memory of this process
  uint64_t threads = 0;
  uint64_t hung = 0;            ///< of them: abandoned, and not back
  uint64_t descriptors = 0;     ///< open files and sockets
  uint64_t refused = 0;         ///< messages of others beyond their role
  std::string certificate_ends; ///< its own; empty: it has none

  static constexpr auto type_name = "node_status";

  static constexpr auto fields() {
    using self = node_status;
    return std::make_tuple(
      field("info", &self::info), field("names", &self::names),
      field("joined", &self::joined), field("lost", &self::lost),
      field("guests", &self::guests), field("actors", &self::actors),
      field("rss_bytes", &self::rss_bytes), field("threads", &self::threads),
      field("hung", &self::hung), field("descriptors", &self::descriptors),
      field("refused", &self::refused),
      field("certificate_ends", &self::certificate_ends));
  }
};

struct node_state {
  struct peer {
    node_info info;
    caf::actor handle;
    bool joined = false; ///< it came by itself
  };

  /// An actor that lives here for the supervisor of another node.
  struct guest {
    uint64_t id = 0;
    std::string path;
    caf::actor handle;
    caf::actor_addr owner;
  };

  static inline const char* name = "node";

  explicit node_state(node_actor::stateful_pointer<node_state> self);

  /// Whoever introduces itself has to have proven its name.
  caf::result<node_info> greet(const node_info& who, const caf::actor& handle);

  std::vector<node_info> nodes() const;

  /// The node actor of the joined node `who.name`.
  caf::result<caf::actor> resolve(const node_info& who) const;

  caf::result<caf::actor> resolve(const std::string& path) const;

  caf::result<item> call(const std::string& path, const item& x);

  caf::result<std::vector<tree_entry>> tree();

  caf::result<status_report> status_of(const std::string& path);

  status_report status() const;

  caf::result<caf::actor> start(const child_spec& spec, const std::string& path,
                                const caf::actor& owner);

  void open(const node_info& info);

  void forget(const caf::down_msg& x);

  bool has_guests(const caf::actor_addr& owner) const;

  void watch(uint64_t guest, const caf::actor& handle, uint64_t pulse,
             caf::timespan stall_after);

  /// These guests have given no sign of life for too long.
  void end_silent(const std::vector<uint64_t>& ids);

  void leave(const std::string& path, const caf::actor& handle);

  caf::result<void> stop();

  node_actor::stateful_pointer<node_state> self;
  node_config cfg;
  supervisor_actor root;
  std::map<std::string, caf::actor> directory;
  std::map<std::string, peer> peers; ///< by name
  std::vector<guest> guests;
  uint64_t last_guest = 0;
  canaries birds;
  uint64_t lost = 0;
  bool stopping = false;
};

node_actor::behavior_type node(node_actor::stateful_pointer<node_state> self,
                               node_config cfg);

} // namespace vpaas
