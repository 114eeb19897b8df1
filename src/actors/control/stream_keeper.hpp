#pragma once

#include "actors/alarm.hpp"
#include "actors/node_asker.hpp"
#include "messages/deployment.hpp"
#include "runtime/registry_records.hpp"

#include <caf/all.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// The STREAM KEEPER: streams that were added to a running fog are there after
/// its restart, and so are their cameras after that of their client. What
/// should be stands in the registry; a file that was read to its end stays so.
/// Asks fogs one after the other: spawn detached.
struct stream_keeper_config {
  caf::actor node; ///< this one's, `node_actor`
  caf::timespan period = std::chrono::seconds(2);
  caf::timespan patience = std::chrono::seconds(5);
  uint64_t seldom = 5; ///< looks between two at whether a stream has ended

  caf::error validate() const;
};

struct stream_keeper_status {
  uint64_t looks = 0;
  uint64_t streams = 0; ///< that shall be there
  uint64_t started = 0; ///< because they were not
  uint64_t ended = 0;   ///< files
  std::string last_error;

  static constexpr auto type_name = "stream_keeper_status";

  static constexpr auto fields() {
    using self = stream_keeper_status;
    return std::make_tuple(
      field("looks", &self::looks), field("streams", &self::streams),
      field("started", &self::started), field("ended", &self::ended),
      field("last_error", &self::last_error));
  }
};

struct stream_keeper_state {
  static inline const char* name = "stream_keeper";

  explicit stream_keeper_state(
    observable_actor::stateful_pointer<stream_keeper_state> self)
    : self(self) {
    // nop
  }

  /// @pre `!x.validate()`
  void begin(stream_keeper_config x);

  status_report status() const;

  observable_actor::stateful_pointer<stream_keeper_state> self;
  stream_keeper_config cfg;
  stream_keeper_status counts;
  alarm clock;

private:
  void look();

  caf::expected<std::vector<desired_stream>> desired(node_asker& tool,
                                                     const found_node& here);

  void look_at(node_asker& tool, const found_node& here, const found_node& fog,
               const std::vector<desired_stream>& wanted);

  /// Starts what is missing of one stream.
  void restore(node_asker& tool, const found_node& fog, const desired_stream& x,
               bool is_there);

  void note_end(node_asker& tool, const found_node& here, const found_node& fog,
                desired_stream x);

  void noted(const caf::error& cause);
};

observable_actor::behavior_type
stream_keeper(observable_actor::stateful_pointer<stream_keeper_state> self,
              stream_keeper_config cfg);

} // namespace vpaas
