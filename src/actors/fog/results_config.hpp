#pragma once

#include "messages/protocol.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <functional>
#include <memory>
#include <random>
#include <string>

namespace vpaas {

/// The actor `results`: takes the results of a node's streams to the ledger and
/// to subscribers. It commits in groups: what comes while a transaction runs is
/// in the next one, and who published is answered when it is on the disk. Where
/// the ledger fails or dies the results wait here, bounded, and are tried again
/// with back-off; a publisher beyond the bound is answered ec::io at once.
/// Subscribers have a bounded queue each and never hold anybody up, nor does
/// the ledger hold up them: they get a result when it is published, also one
/// that is refused, at least once, and know it by stream, frame and revision.
/// Asked to end, it first writes what it has. Never blocks.
struct results_config {
  std::string ledger = "ledger"; ///< its logical name; empty: there is none
  caf::actor node;               ///< where logical names are found
  size_t max_waiting = 10'000;   ///< results that are not on the disk
  size_t max_refused = 100'000;  ///< handed out, to know them again
  size_t max_batch = 500;        ///< results of a transaction
  caf::timespan ledger_timeout = std::chrono::seconds(10);
  caf::timespan first_delay = std::chrono::milliseconds(100); ///< before retry
  caf::timespan max_delay = std::chrono::seconds(5);
  size_t max_subscribers = 64;
  size_t max_queue = 1000;   ///< results that wait for one subscriber
  size_t max_delivery = 100; ///< results of one request to a subscriber
  caf::timespan subscriber_timeout = std::chrono::seconds(10);
  /// Spawns a subscriber that is there from the start and is spawned again
  /// when it dies, with back-off where it took nothing; empty: none.
  std::function<caf::actor()> writer;
  size_t max_writer_deaths = 20; ///< in a row, nothing taken between them
  uint64_t seed = std::random_device{}(); ///< of the jitter

  caf::error validate() const;
};

/// What it answers to `status`, in results. At every moment `published = stored
/// + waiting`; what is sent to subscribers is counted once for each.
struct results_status {
  uint64_t published = 0; ///< taken
  uint64_t stored = 0;    ///< on the disk, or taken without a ledger
  uint64_t waiting = 0;   ///< for the disk
  uint64_t refused = 0;   ///< not taken: too many wait
  uint64_t unfit = 0;     ///< not taken: no ledger can keep them
  uint64_t commits = 0;   ///< transactions
  uint64_t failures = 0;  ///< of the ledger
  latency commit;         ///< from being taken to being on the disk
  uint64_t subscribers = 0;
  uint64_t delivered = 0;  ///< a subscriber answered
  uint64_t queued = 0;     ///< for subscribers, those on their way included
  uint64_t slow = 0;       ///< dropped: the subscriber's queue was full
  uint64_t unanswered = 0; ///< dropped: it answered with an error or not at all
  uint64_t gone = 0;       ///< dropped: it died, or subscribed anew
  uint64_t writer_deaths = 0;
  std::string last_error;

  static constexpr auto type_name = "results_status";

  static constexpr auto fields() {
    using self = results_status;
    return std::make_tuple(
      field("published", &self::published), field("stored", &self::stored),
      field("waiting", &self::waiting), field("refused", &self::refused),
      field("unfit", &self::unfit), field("commits", &self::commits),
      field("failures", &self::failures), field("commit", &self::commit),
      field("subscribers", &self::subscribers),
      field("delivered", &self::delivered), field("queued", &self::queued),
      field("slow", &self::slow), field("unanswered", &self::unanswered),
      field("gone", &self::gone), field("writer_deaths", &self::writer_deaths),
      field("last_error", &self::last_error));
  }
};

struct results_state;

/// The actor, for its parts.
using results_pointer = results_actor::stateful_pointer<results_state>;

using shared_result = std::shared_ptr<const frame_result>;

} // namespace vpaas
