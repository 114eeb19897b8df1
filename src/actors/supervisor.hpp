#pragma once

#include "actors/alarm.hpp"
#include "actors/canaries.hpp"
#include "messages/protocol.hpp"
#include "runtime/policy/supervision.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace vpaas {

/// Spawns the actor that a specification of another kind than "supervisor"
/// describes; an error is a failed start, no actor means that there is nothing
/// to do (OTP's `ignore`).
using child_factory = std::function<caf::expected<caf::actor>(
  const child_spec&, const std::string& path, const caf::actor& node)>;

/// Checks a specification and returns it complete: see `complete` in
/// runtime/node/actor_kind.hpp.
using child_check = std::function<caf::expected<child_spec>(const child_spec&)>;

/// Starts its children in order, restarts them by the rules of OTP
/// (runtime/policy/supervision), and stops them in reverse order. When it gives
/// up it ends with an error that says which child, how often and why; when it
/// is killed it takes its children along. A child with a `stall_after` stands
/// behind a guard and is sent canaries: one that is silent for so long is
/// replaced, and its thread abandoned. Never blocks.
struct supervisor_config {
  std::string path; ///< logical name, empty for the root of a node
  supervision how;
  std::vector<child_spec> children;
  child_factory factory;
  child_check check; ///< of each child that comes; empty: taken as they are
  /// Learns the logical names and starts children of other nodes; may be null
  /// where there are none.
  caf::actor node;
  /// Evenly distributed in [0, 1), for the jitter; empty: a generator of its
  /// own for each supervisor.
  std::function<double()> random;
  /// From kill until a child that does not end is abandoned.
  caf::timespan patience = std::chrono::seconds(1);
  /// For children to answer when `tree` is asked; halves at each level, so that
  /// a silent actor below does not make its supervisor silent.
  caf::timespan look_timeout = std::chrono::seconds(1);

  /// The logical name of a child.
  std::string path_of(const child_spec& x) const {
    return path.empty() ? x.name : path + "/" + x.name;
  }
};

/// One restart, for those who look in.
struct restart_record {
  std::string child;
  std::string reason;
  uint64_t restarts = 0; ///< of this child, this one included

  static constexpr auto type_name = "restart_record";

  static constexpr auto fields() {
    using self = restart_record;
    return std::make_tuple(field("child", &self::child),
                           field("reason", &self::reason),
                           field("restarts", &self::restarts));
  }
};

/// What a supervisor answers to `status`.
struct supervisor_status {
  strategy how = strategy::one_for_one;
  uint64_t children = 0;
  uint64_t ready = 0;               ///< of the children
  uint64_t restarts = 0;            ///< of all children, since the start
  uint64_t abandoned = 0;           ///< were killed and did not end
  uint64_t stalled = 0;             ///< replaced for being silent
  std::vector<restart_record> last; ///< restarts, the newest last

  static constexpr auto type_name = "supervisor_status";

  static constexpr auto fields() {
    using self = supervisor_status;
    return std::make_tuple(
      field("strategy", &self::how), field("children", &self::children),
      field("ready", &self::ready), field("restarts", &self::restarts),
      field("abandoned", &self::abandoned), field("stalled", &self::stalled),
      field("last", &self::last));
  }
};

struct supervisor_state {
  struct child {
    child_spec spec;
    caf::actor handle;       ///< null while it does not run
    uint64_t generation = 0; ///< answers to an earlier start are stale
    uint64_t pulse = 0;      ///< of its thread
    caf::error failure;      ///< why it is being ended
    std::optional<caf::message_id> question; ///< whether it is ready, if open
    std::vector<caf::response_promise> starters; ///< wait until it is ready
    std::vector<caf::response_promise> enders;   ///< wait until it has ended
  };

  static inline const char* name = "supervisor";

  explicit supervisor_state(
    supervisor_actor::stateful_pointer<supervisor_state> self);

  /// Kills what still runs, so that no child outlives its supervisor.
  ~supervisor_state();

  caf::result<void> ready();

  status_report status() const;

  caf::result<caf::actor> start(const child_spec& spec);

  caf::result<caf::actor> start(const std::string& child_name);

  caf::result<void> remove(const std::string& child_name);

  caf::result<void> stop(const std::string& child_name);

  caf::result<void> stop();

  /// Stops in order, then ends with `reason`.
  void leave(const caf::error& reason);

  /// A child ended.
  void lost(const caf::down_msg& x);

  /// These children have given no sign of life for too long.
  void replace_silent(const std::vector<uint64_t>& ids);

  /// The node that a child runs on answered its handle.
  void arrived(uint64_t id, uint64_t generation, const caf::actor& handle);

  void child_ready(uint64_t id, uint64_t generation);

  void child_failed(uint64_t id, uint64_t generation, const caf::error& why);

  /// Takes over the specifications. @returns ec::bad_config where a name is
  /// missing, or given twice.
  caf::error take(supervisor_config x);

  /// Does what the plan says until it says nothing more.
  void proceed();

  supervisor_actor::stateful_pointer<supervisor_state> self;
  supervisor_config cfg; ///< without the children
  std::function<double()> random;
  caf::timespan started{0};
  std::unique_ptr<supervision_plan> plan;
  std::unordered_map<uint64_t, child> children;
  std::unordered_map<std::string, uint64_t> by_name;
  std::unordered_map<caf::actor_addr, uint64_t> by_address;
  std::vector<caf::response_promise> waiting;  ///< until it is ready
  std::vector<caf::response_promise> stopping; ///< until it has stopped
  std::deque<restart_record> last;
  caf::error verdict;                ///< with which it will end
  std::optional<child_spec> pattern; ///< what children that are alike share
  uint64_t abandoned = 0;
  uint64_t stalls = 0;
  alarm clock;
  canaries birds;

  caf::timespan now() const;

private:
  caf::expected<uint64_t> add(const child_spec& wanted, bool initial);

  void perform(plan_action x);

  void launch(uint64_t id);

  void launch_remote(uint64_t id, child& x);

  void adopt(uint64_t id, child& x, const caf::actor& handle);

  /// Reports the end of a child to the plan, with what follows from it.
  void note_end(uint64_t id, const caf::error& reason);

  /// A child has nothing to do.
  void note_ignored(uint64_t id);

  void forget(uint64_t id, const caf::error& reason);

  void finish();
};

/// What a supervisor with this plan does, for who looks in.
std::string state_of(const supervision_plan& x);

/// What a supervisor answers to `tree`: asks all children at once; those that
/// do not answer in time are shown as silent.
caf::result<std::vector<tree_entry>> tree_below(supervisor_state& st);

supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           supervisor_config cfg);

} // namespace vpaas
