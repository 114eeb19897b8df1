#pragma once

#include "actors/alarm.hpp"
#include "messages/protocol.hpp"
#include "runtime/metrics/histogram.hpp"
#include "runtime/policy/batch_queue.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// Answers a batch: one result an item, in their order. Blocks.
using batch_fun
  = std::function<caf::expected<std::vector<item>>(const std::vector<item>&)>;

/// A loaded model of some version.
struct batch_model {
  std::string version; ///< name, version and type of the model
  batch_fun run;
};

/// A FUNCTION that runs a network on batches of items, across frames and
/// streams [IV-B, "dynamic batching"]. Its model can be changed while items
/// come: the new one is loaded beside the old one, which goes on meanwhile in
/// a function that was spawned detached; every batch runs on one of the two,
/// and where loading fails the old one stays. It depends on no other actor. It
/// blocks in the network: spawn it detached. A batch is one step of its work,
/// and so is the loading of a model: what a step may take follows what the
/// longest took, so that a slow network is not taken for one that hangs.
struct batched_function_config {
  /// Its parameters are the model's and those of `batching_parameters`.
  function_spec spec;
  document parameters; ///< checked against `spec`
  /// Loads what the parameters name. Blocks; called once a change, in another
  /// thread than `run` of the model before, and never twice at a time.
  std::function<caf::expected<batch_model>(const document&)> load;
  /// How many images an item brings; none given: one.
  std::function<size_t(const item&)> weigh;
  /// What the options that `spec` allows beside an item make of it; none given:
  /// there are no such options.
  std::function<caf::expected<item>(const item&, const document&)> with_options;
  /// Of its work, what it does now, in [0, 1]; none given: all.
  std::function<double()> effort;
};

/// The settings of batches: max_batch, max_delay.
parameter_specs batching_parameters();

/// What a batched function answers to `status`.
struct batched_function_status {
  std::string model;
  uint64_t items = 0;   ///< answered with a result
  uint64_t failed = 0;  ///< answered with an error
  uint64_t batches = 0; ///< runs of the network
  uint64_t waiting = 0; ///< images that wait for a batch
  uint64_t swaps = 0;   ///< changes of the model
  double effort = 1;    ///< share of its work that it does, less under load
  bool loading = false; ///< the next model
  latency service;      ///< one run of the network

  static constexpr auto type_name = "batched_function_status";

  static constexpr auto fields() {
    using self = batched_function_status;
    return std::make_tuple(
      field("model", &self::model), field("items", &self::items),
      field("failed", &self::failed), field("batches", &self::batches),
      field("waiting", &self::waiting), field("swaps", &self::swaps),
      field("effort", &self::effort), field("service", &self::service));
  }
};

/// The function with the message that it sends to itself.
using batched_function_self = function_actor::extend<
  // What came during the last batch is all here.
  caf::reacts_to<due_atom>>;

struct batched_function_state {
  /// An item together with the promise to answer for it.
  struct waiting {
    item input;
    caf::typed_response_promise<item> reply;
  };

  /// A change of the model that was asked for.
  struct swap {
    document changes;
    caf::typed_response_promise<document> reply;
  };

  using time_point = caf::actor_clock::time_point;

  static inline const char* name = "batched_function";

  explicit batched_function_state(
    batched_function_self::stateful_pointer<batched_function_state> self);

  /// Loads the first model. @returns why it cannot be loaded
  caf::error start(batched_function_config config);

  caf::typed_response_promise<item> apply(item x, const document& options);

  /// What came during the last batch is all here.
  void take_backlog();

  /// The oldest item is due.
  void come_due();

  caf::result<document> configure(const document& changes);

  status_report status() const;

  const function_spec& description() const {
    return cfg.spec;
  }

  /// Begins the first of those that wait.
  void load_next();

  /// The new model is there, or does not come.
  void settle_swap(caf::expected<batch_model> found);

  void take_parameters(document x);

  // -- verbs of the above -----------------------------------------------------

  void run_batch();

  caf::expected<std::vector<item>> run(const std::vector<item>& inputs);

  void settle(std::vector<waiting>& batch,
              caf::expected<std::vector<item>> results);

  /// Runs what is due, or sets the alarm.
  void proceed();

  void arm();

  batched_function_self::stateful_pointer<batched_function_state> self;
  batched_function_config cfg;
  batch_model model;
  batch_queue<waiting, time_point> queue;
  std::deque<swap> swaps; ///< the first is being loaded
  /// When the last batch began, while what came since is still being counted.
  std::optional<time_point> backlog_since;
  alarm clock;
  caf::timespan longest{0}; ///< run so far
  batched_function_status counts;
  histogram service;
};

batched_function_self::behavior_type batched_function(
  batched_function_self::stateful_pointer<batched_function_state> self,
  batched_function_config cfg);

} // namespace vpaas
