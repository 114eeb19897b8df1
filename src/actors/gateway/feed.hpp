#pragma once

#include "actors/directory.hpp"
#include "actors/gateway/hearing.hpp"
#include "messages/trace.hpp"
#include "runtime/http/broadcast.hpp"

#include <caf/all.hpp>

#include <memory>
#include <optional>
#include <string>

namespace vpaas {

/// What is said to all who look.
struct broadcasts {
  broadcast results;
  broadcast events;
  broadcast statuses{16};
};

/// The FEED of a gateway: hears the results of all nodes that have some, and
/// looks for new events while somebody listens; says both to all. A node that
/// is lost is heard again when it is back. Never blocks.
struct feed_config {
  caf::actor node; ///< the directory, `node_actor`
  std::string monitor = "monitor";
  std::shared_ptr<broadcasts> to;
  tracing traces;
  caf::timespan period = std::chrono::seconds(1);
  caf::timespan patience = std::chrono::seconds(3);
};

struct feed_status {
  uint64_t results = 0;
  uint64_t events = 0;
  uint64_t nodes = 0;  ///< that are heard
  uint64_t missed = 0; ///< by readers that were too slow

  static constexpr auto type_name = "feed_status";

  static constexpr auto fields() {
    using self = feed_status;
    return std::make_tuple(
      field("results", &self::results), field("events", &self::events),
      field("nodes", &self::nodes), field("missed", &self::missed));
  }
};

using feed_actor = listener_actor;

struct feed_state {
  static inline const char* name = "feed";

  explicit feed_state(feed_actor::stateful_pointer<feed_state> self);

  void begin(feed_config x);

  void take(const std::vector<frame_result>& xs);

  void forget(const caf::down_msg& x);

  status_report status() const;

  feed_actor::stateful_pointer<feed_state> self;
  feed_config cfg;
  feed_status counts;

private:
  void tell(const std::string& node, const std::vector<event>& xs);

  /// Traces that these were said to who listens.
  void trace(const std::vector<frame_result>& xs, caf::timestamp heard);

  hearing ears;
  std::optional<directory> others;
};

feed_actor::behavior_type feed(feed_actor::stateful_pointer<feed_state> self,
                               feed_config cfg);

} // namespace vpaas
