#pragma once

#include "actors/fog/ledger_commits.hpp"
#include "actors/fog/publisher.hpp"
#include "actors/fog/results_config.hpp"

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace vpaas {

struct results_state {
  /// Stream, frame and revision.
  using result_key = std::tuple<std::string, uint64_t, uint32_t>;

  static inline const char* name = "results";

  explicit results_state(results_pointer self);

  /// @pre `!cfg.validate()`
  void begin(results_config cfg);

  caf::result<void> publish(const std::vector<frame_result>& xs);

  caf::result<void> subscribe(const std::string& stream, const caf::actor& who);

  caf::result<std::vector<frame_result>> find(const result_query& x);

  caf::result<uint64_t> last(const std::string& stream);

  status_report status() const;

  void forget(const caf::down_msg& x);

  void end(const caf::error& reason);

  /// Ends an actor that was asked to and has nothing left.
  void end_if_done();

  /// To subscribers; a result that was refused before went to them already.
  void hand_out(const shared_result& x);

  results_pointer self;
  results_config cfg;
  results_status counters;
  std::optional<ledger_commits> commits;
  std::optional<publisher> live;
  std::set<result_key> refused; ///< handed out, and not taken since
  bool ending = false;
  caf::error end_reason;
};

/// What who publishes is told by a node that stops.
caf::error stopped();

/// @pre `!cfg.validate()`
results_actor::behavior_type results(results_pointer self, results_config cfg);

} // namespace vpaas
