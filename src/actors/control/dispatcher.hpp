#pragma once

#include "actors/alarm.hpp"
#include "actors/requests.hpp"
#include "messages/deployment.hpp"
#include "runtime/policy/assignments.hpp"
#include "runtime/policy/rollout.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// The DISPATCHER [III-B]: again and again tells each fog and cloud that joined
/// all that shall run there, and what its streams are assigned, and sends the
/// files that it says it lacks. It keeps nothing that matters: whoever dies,
/// the next look goes on from what is. While the registry is away nodes go on
/// with what they have. Never blocks.
struct dispatcher_config {
  caf::actor node; ///< this one's, `node_actor`
  caf::timespan period = std::chrono::seconds(1);
  caf::timespan patience = std::chrono::seconds(5);
  caf::timespan file_limit = std::chrono::minutes(10); ///< for a file
  /// Spawns what sends files; empty: a `file_sender`.
  std::function<file_sender_actor(caf::actor_system&, const receiver_actor&)>
    sender;

  caf::error validate() const;
};

/// A node as it said itself, or why it does not.
struct dispatched_node {
  std::string name;
  std::string tier;
  bool settled = false; ///< it is as it shall be
  uint64_t bytes = 0;   ///< of files that it holds
  uint64_t quota = 0;
  std::vector<reported_slot> slots;
  std::vector<reported_choice> streams; ///< that are assigned something
  std::string problem;

  static constexpr auto type_name = "dispatched_node";

  static constexpr auto fields() {
    using self = dispatched_node;
    return std::make_tuple(
      field("name", &self::name), field("tier", &self::tier),
      field("settled", &self::settled), field("bytes", &self::bytes),
      field("quota", &self::quota), field("slots", &self::slots),
      field("streams", &self::streams), field("problem", &self::problem));
  }
};

struct dispatcher_status {
  uint64_t looks = 0;
  uint64_t files = 0; ///< that were sent
  std::vector<dispatched_node> nodes;
  std::string last_error;

  static constexpr auto type_name = "dispatcher_status";

  static constexpr auto fields() {
    using self = dispatcher_status;
    return std::make_tuple(
      field("looks", &self::looks), field("files", &self::files),
      field("nodes", &self::nodes), field("last_error", &self::last_error));
  }
};

struct dispatcher_state {
  struct peer {
    node_info info;
    node_actor handle;
    receiver_actor receiver;
    file_sender_actor sender;
    bool sending = false; ///< one file at a time
    dispatched_node said;
  };

  static inline const char* name = "dispatcher";

  explicit dispatcher_state(
    observable_actor::stateful_pointer<dispatcher_state> self)
    : self(self) {
    // nop
  }

  ~dispatcher_state();

  /// @pre `!x.validate()`
  void begin(dispatcher_config x);

  status_report status() const;

  observable_actor::stateful_pointer<dispatcher_state> self;
  dispatcher_config cfg;
  std::map<std::string, peer> peers; ///< by name
  std::vector<deployment> deployments;
  std::vector<artifact> artifacts;
  desired_choices choices; ///< for streams of all fogs
  dispatcher_status counts;

private:
  void look();

  void take_desired(const document& x);

  void take_nodes(const std::vector<node_info>& xs);

  void tell(const std::string& name);

  void told(const std::string& name, const document& report);

  /// The same of what its streams are taken through.
  void tell_choices(const std::string& name);

  void told_choices(const std::string& name, const document& report);

  void send_file(const std::string& name, const std::string& sha256);

  void find_receiver(const std::string& name, const std::string& sha256,
                     const blob& bytes);

  void transfer(const std::string& name, const std::string& sha256,
                const blob& bytes);

  void sent(const std::string& name, const caf::error& cause);

  void failed(const std::string& name, const caf::error& cause);

  /// The peer, while it is the process that was asked.
  peer* find(const std::string& name);

  registry_actor store;
  requests asking;
  alarm clock;
  uint64_t last_transfer = 0;
};

observable_actor::behavior_type
dispatcher(observable_actor::stateful_pointer<dispatcher_state> self,
           dispatcher_config cfg);

} // namespace vpaas
