#pragma once

#include "actors/alarm.hpp"
#include "actors/directory.hpp"
#include "actors/requests.hpp"
#include "messages/deployment.hpp"
#include "runtime/policy/assignments.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// The POLICY CACHE of a fog [III-C]: takes care that each stream is taken
/// through the policy or pipeline that it is assigned now, and through its own
/// where it is assigned none. What is assigned, with its texts, is kept on the
/// disk: timetables go on without a backend. A stream that refuses goes on with
/// what it has and is asked again; one that was started anew is told again.
/// Blocks on the disk: spawn it detached.
struct policy_cache_config {
  caf::actor node; ///< resolves streams, `node_actor`
  std::string folder;
  caf::timespan period = std::chrono::seconds(1);       ///< between two looks
  caf::timespan retry = std::chrono::seconds(5);        ///< after a refusal
  caf::timespan patience = std::chrono::seconds(3);     ///< for an answer
  caf::timespan start_limit = std::chrono::seconds(30); ///< for a function
  std::function<caf::timestamp()> clock = caf::make_timestamp;
  /// The functions of its own that a stream needs for this policy or pipeline.
  std::function<std::vector<child_spec>(const artifact&)> needs;

  caf::error validate() const;
};

struct policy_cache_status {
  uint64_t orders = 0;  ///< that it knows
  uint64_t changes = 0; ///< of what streams run
  std::vector<reported_choice> streams;
  std::string last_error;

  static constexpr auto type_name = "policy_cache_status";

  static constexpr auto fields() {
    using self = policy_cache_status;
    return std::make_tuple(
      field("orders", &self::orders), field("changes", &self::changes),
      field("streams", &self::streams), field("last_error", &self::last_error));
  }
};

struct policy_cache_state {
  using time_point = caf::actor_clock::time_point;

  struct known_stream {
    std::string wanted;
    std::optional<std::string> runs; ///< nothing: it was not asked
    std::string problem;
    bool busy = false; ///< one question at a time
    time_point retry_at{};
  };

  static inline const char* name = policy_cache_name;

  explicit policy_cache_state(
    policy_cache_actor::stateful_pointer<policy_cache_state> self)
    : self(self) {
    // nop
  }

  /// @pre `!x.validate()`
  void begin(policy_cache_config x);

  caf::result<document> apply(const document& x);

  status_report status() const;

  policy_cache_actor::stateful_pointer<policy_cache_state> self;
  policy_cache_config cfg;
  desired_choices wanted;
  assignment_table table;
  std::map<std::string, known_stream> streams; ///< by name
  std::set<std::string> paths;                 ///< of this node's actors
  bool looked = false;
  policy_cache_status counts;

private:
  std::vector<reported_choice> choices() const;

  std::string file() const;

  /// What was assigned before this start.
  void recall();

  /// Nothing is assigned, and nothing was.
  bool idle() const;

  void look();

  void look_around();

  void take_tree(const std::vector<tree_entry>& xs);

  /// Asks a stream what it runs, then changes it.
  void check(const std::string& stream);

  void checked(const std::string& stream, const std::string& runs);

  /// Starts the first of these, then the others, then assigns.
  void prepare(const std::string& stream, std::vector<child_spec> missing);

  void assign(const std::string& stream);

  void configure(const std::string& stream, const document& x,
                 std::function<void(const std::string&)> then);

  void failed(const std::string& stream, const caf::error& cause);

  std::optional<directory> actors;
  requests asking;
  alarm clock;
};

policy_cache_actor::behavior_type
policy_cache(policy_cache_actor::stateful_pointer<policy_cache_state> self,
             policy_cache_config cfg);

} // namespace vpaas
