#pragma once

#include "actors/alarm.hpp"
#include "actors/control/function_hand.hpp"
#include "actors/requests.hpp"
#include "messages/deployment.hpp"
#include "runtime/policy/installed.hpp"
#include "runtime/policy/rollout.hpp"
#include "runtime/store/file_store.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace vpaas {

/// The MODEL CACHE of a fog or cloud [III-B]: holds files within a quota, those
/// of what is deployed for good, and takes care that functions run what they
/// shall. A model is tried beside the one that runs before its function loads
/// it; where it is no good, or the function does not take it, the one before
/// stays. What shall run is kept on the disk: it does without a backend, and
/// without one that ever was it does nothing. A function that was started anew
/// is given its model again. Libraries of users run in functions that
/// it starts, and ends when they are withdrawn. Blocks on the disk: spawn it
/// detached, then models are tried in a thread of their own.
struct model_cache_config {
  caf::actor node; ///< resolves functions, `node_actor`
  std::string folder;
  uint64_t quota = 4ull << 30;                      ///< bytes of files
  caf::timespan period = std::chrono::seconds(1);   ///< between two looks
  caf::timespan retry = std::chrono::seconds(5);    ///< after what may pass
  caf::timespan patience = std::chrono::seconds(3); ///< for an answer
  caf::timespan limit = std::chrono::minutes(10);   ///< for a model to load
  /// Makes what can be deployed known under its reference, its files are in
  /// `folder`, and tries it. @returns why it is no good. Blocks.
  std::function<caf::error(const artifact&, const std::string& folder)> install;
  /// Makes functions unknown but those of these names. Blocks on the disk.
  std::function<void(const std::set<std::string>& names,
                     const std::string& folder)>
    keep_functions;

  caf::error validate() const;
};

struct model_cache_status {
  uint64_t files = 0;
  uint64_t bytes = 0; ///< of them
  uint64_t quota = 0;
  uint64_t received = 0; ///< files
  uint64_t changed = 0;  ///< what functions run
  uint64_t refused = 0;  ///< models that are no good
  std::vector<reported_slot> slots;
  std::string last_error;

  static constexpr auto type_name = "model_cache_status";

  static constexpr auto fields() {
    using self = model_cache_status;
    return std::make_tuple(
      field("files", &self::files), field("bytes", &self::bytes),
      field("quota", &self::quota), field("received", &self::received),
      field("changed", &self::changed), field("refused", &self::refused),
      field("slots", &self::slots), field("last_error", &self::last_error));
  }
};

struct model_cache_state {
  using time_point = caf::actor_clock::time_point;
  using slot_key = std::pair<std::string, std::string>; ///< function, parameter

  struct slot {
    desired_slot want;
    json home; ///< what the function ran by itself; null: not known
    slot_state state = slot_state::missing;
    std::string problem;
    time_point retry_at{};
    bool withdrawn = false; ///< the function goes home

    bool is_held_only() const {
      return want.function.empty();
    }
  };

  static inline const char* name = model_cache_name;

  explicit model_cache_state(
    model_cache_actor::stateful_pointer<model_cache_state> self)
    : self(self) {
    // nop
  }

  /// @pre `!x.validate()`
  void begin(model_cache_config x);

  caf::result<document> apply(const document& x);

  caf::result<void> deliver(const delivery& x);

  status_report status() const;

  reported_state report_state() const;

  model_cache_actor::stateful_pointer<model_cache_state> self;
  model_cache_config cfg;
  std::optional<file_store> files;
  std::optional<function_hand> functions;
  std::map<slot_key, slot> slots;
  installed_artifacts installed;
  bool busy = false; ///< one thing at a time
  model_cache_status counts;
  requests asking;
  alarm clock;

private:
  caf::error open();

  void take(const desired_state& x);

  /// What is said of slots as they were before this start.
  void recall();

  void remember();

  /// Functions that nobody wants are not found any more.
  void let_go();

  /// Does what can be done next.
  void proceed();

  bool is_due(const slot& x) const;

  void advance(const slot_key& key, slot& x);

  bool has_files(const artifact& x, bool undamaged);

  void try_out(const slot_key& key, const slot& x);

  /// The artifact was tried.
  void tried(const slot_key& key, const artifact& what,
             const caf::error& cause);

  /// Asks the function what it runs by itself, then lets it change.
  void learn_home(const slot_key& key);

  void change(const slot_key& key, const json& value);

  void changed(const slot_key& key, const json& value, const caf::error& cause);

  void fail(slot& x, const caf::error& cause);

  /// Whether functions run what they did when they were looked at last.
  void look();

  void looked(const slot_key& key, const document& parameters);

  bool needs(const std::string& sha256) const;
};

model_cache_actor::behavior_type
model_cache(model_cache_actor::stateful_pointer<model_cache_state> self,
            model_cache_config cfg);

} // namespace vpaas
