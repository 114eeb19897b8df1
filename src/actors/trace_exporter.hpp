#pragma once

#include "actors/alarm.hpp"
#include "messages/trace.hpp"
#include "runtime/http/trace_collector.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace vpaas {

/// The TRACE EXPORTER: sends spans to a collector, in batches. Who has spans
/// does not wait for it. They wait in a bounded queue, which loses its oldest;
/// a collector that is away or busy is tried again with back-off, or when it
/// says; what it refuses is not sent again. All that is lost is counted; what
/// waits at its end is lost. It blocks while it sends, and hears what came
/// meanwhile before it sends again: spawn it detached.
struct trace_exporter_config {
  size_t max_waiting = 4096; ///< spans
  size_t max_batch = 512;    ///< the same, of one request
  caf::timespan period = std::chrono::seconds(1);
  caf::timespan first_delay = std::chrono::seconds(1); ///< after a failure
  caf::timespan max_delay = std::chrono::minutes(1);
  caf::timespan max_retry_after = std::chrono::minutes(10); ///< that is obeyed
  /// Takes a few seconds at most.
  std::function<export_answer(const std::vector<span>&)> send;
};

struct trace_exporter_status {
  uint64_t exported = 0; ///< spans
  uint64_t waiting = 0;  ///< the same
  uint64_t dropped = 0;  ///< too many waited
  uint64_t refused = 0;  ///< by the collector, which would do it again
  uint64_t requests = 0;
  uint64_t failures = 0; ///< requests that are made again
  std::string last_error;

  static constexpr auto type_name = "trace_exporter_status";

  static constexpr auto fields() {
    using self = trace_exporter_status;
    return std::make_tuple(
      field("exported", &self::exported), field("waiting", &self::waiting),
      field("dropped", &self::dropped), field("refused", &self::refused),
      field("requests", &self::requests), field("failures", &self::failures),
      field("last_error", &self::last_error));
  }
};

struct trace_exporter_state {
  static inline const char* name = "trace_exporter";

  explicit trace_exporter_state(
    trace_actor::stateful_pointer<trace_exporter_state> self);

  void begin(trace_exporter_config x);

  void take(const std::vector<span>& xs);

  status_report status() const;

  trace_actor::stateful_pointer<trace_exporter_state> self;
  trace_exporter_config cfg;
  trace_exporter_status counts;
  std::deque<span> waiting;

private:
  /// Sends one batch, then hears what came meanwhile.
  void send();

  void failed(const export_answer& x);

  /// To send at this time, or when it is set to go off already.
  void send_in(caf::timespan x);

  alarm clock;
  caf::timespan delay{0}; ///< 0: the last request went well
  caf::actor_clock::time_point not_before{};
  std::minstd_rand chance{std::random_device{}()};
};

trace_actor::behavior_type
trace_exporter(trace_actor::stateful_pointer<trace_exporter_state> self,
               trace_exporter_config cfg);

} // namespace vpaas
