#pragma once

#include "actors/gateway/alarm_changes.hpp"
#include "actors/gateway/hearing.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// One thing that somebody outside is told.
struct notice {
  enum class kind { event, alarm, alarms, state, result };

  kind what = kind::event;
  std::string node;
  std::string stream; ///< empty: of none
  uint64_t id = 0;    ///< of an event, in the ledger of its node
  json body;          ///< an object; of `alarms` a list
};

/// An OUTLET: tells somebody outside what happens, in batches. Events come from
/// the ledgers of all nodes and are told at least once, also over a restart:
/// how far they were told stands in a file. Alarms wait in a bounded queue,
/// which loses its oldest, counted; states and results are told once where that
/// works. What cannot be told is tried again with back-off. It blocks while it
/// tells: spawn it detached.
struct outlet_config {
  caf::actor node; ///< the directory, `node_actor`
  std::string monitor = "monitor";
  std::string what;     ///< "webhook": for the log
  std::string position; ///< file; empty: from now on, at each start
  bool states = false;  ///< of cameras, and the list of alarms
  bool results = false;
  size_t max_waiting = 1000; ///< alarms, and results; events wait in the ledger
  size_t max_batch = 100;
  caf::timespan period = std::chrono::seconds(1);
  caf::timespan first_delay = std::chrono::seconds(1); ///< before it is retried
  caf::timespan max_delay = std::chrono::seconds(60);
  /// Grows when who is told may have forgotten states; empty: never.
  std::function<uint64_t()> generation;
  /// Tells all of these, or errs. Takes a few seconds at most.
  std::function<caf::error(const std::vector<notice>&)> tell;
};

struct outlet_status {
  uint64_t events = 0; ///< that were told
  uint64_t alarms = 0; ///< the same
  uint64_t states = 0;
  uint64_t results = 0;
  uint64_t waiting = 0;
  uint64_t dropped = 0;  ///< alarms and results: too many waited
  uint64_t failures = 0; ///< attempts
  std::string last_error;

  static constexpr auto type_name = "outlet_status";

  static constexpr auto fields() {
    using self = outlet_status;
    return std::make_tuple(
      field("events", &self::events), field("alarms", &self::alarms),
      field("states", &self::states), field("results", &self::results),
      field("waiting", &self::waiting), field("dropped", &self::dropped),
      field("failures", &self::failures),
      field("last_error", &self::last_error));
  }
};

struct outlet_state {
  static inline const char* name = "outlet";

  explicit outlet_state(listener_actor::stateful_pointer<outlet_state> self);

  void begin(outlet_config x);

  void take(const std::vector<frame_result>& xs);

  void forget(const caf::down_msg& x);

  status_report status() const;

  listener_actor::stateful_pointer<outlet_state> self;
  outlet_config cfg;
  outlet_status counts;
  std::deque<notice> waiting;

private:
  void see(const system_view& x);

  void see_states(const system_view& x);

  void put(notice x);

  /// Tells what waits, unless it is too early after a failure.
  void flush();

  void told(const std::vector<notice>& xs);

  void failed(const caf::error& cause);

  hearing ears;
  alarm_changes alarms;
  std::map<std::string, uint64_t> positions; ///< event told last, by node
  std::map<std::string, std::string> states; ///< told last, by node/stream
  std::map<std::string, std::string> nodes;  ///< by stream
  uint64_t generation = 0;
  caf::timespan delay{0};
  caf::actor_clock::time_point not_before{};
};

listener_actor::behavior_type
outlet(listener_actor::stateful_pointer<outlet_state> self, outlet_config cfg);

} // namespace vpaas
