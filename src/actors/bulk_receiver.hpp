#pragma once

#include "actors/directory.hpp"
#include "actors/requests.hpp"
#include "messages/protocol.hpp"
#include "runtime/checksum.hpp"

#include <caf/all.hpp>

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace vpaas {

/// The receiving half of the bulk channel, one a node under the logical name
/// `bulk_receiver`: puts slices together, verifies the checksum and delivers
/// the blob to its target, once. A sender that comes back after an outage goes
/// on where it stopped. Never blocks.
struct bulk_receiver_config {
  caf::actor node; ///< resolves targets, `node_actor`
  uint64_t max_transfer = 1024ull * 1024 * 1024; ///< bytes of one blob
  uint64_t max_total = 1024ull * 1024 * 1024; ///< bytes of all that are partial
  size_t max_recent = 4096; ///< delivered keys that are remembered
  /// For how long a transfer may rest before it is forgotten.
  caf::timespan expiry = std::chrono::minutes(2);
  caf::timespan deliver_timeout = std::chrono::seconds(30);
};

/// What it answers to `status`.
struct bulk_receiver_status {
  uint64_t partial = 0;       ///< transfers that are not delivered yet
  uint64_t partial_bytes = 0; ///< reserved for them
  uint64_t received_bytes = 0;
  uint64_t delivered = 0;
  uint64_t repeated = 0; ///< offers of what had been delivered before
  uint64_t refused = 0;  ///< offers for which there was no room
  uint64_t expired = 0;
  uint64_t cancelled = 0;
  uint64_t damaged = 0;     ///< checksum did not match
  uint64_t undelivered = 0; ///< the target was not there or refused it

  static constexpr auto type_name = "bulk_receiver_status";

  static constexpr auto fields() {
    using self = bulk_receiver_status;
    return std::make_tuple(
      field("partial", &self::partial),
      field("partial_bytes", &self::partial_bytes),
      field("received_bytes", &self::received_bytes),
      field("delivered", &self::delivered), field("repeated", &self::repeated),
      field("refused", &self::refused), field("expired", &self::expired),
      field("cancelled", &self::cancelled), field("damaged", &self::damaged),
      field("undelivered", &self::undelivered));
  }
};

/// The published interface and a timer.
using bulk_receiver_impl = receiver_actor::extend<caf::reacts_to<due_atom>>;

struct bulk_receiver_state {
  struct transfer {
    transfer_offer offer;
    blob::buffer bytes;
    checksum sum;
    caf::actor_clock::time_point touched;
    bool delivering = false;
    caf::error failure; ///< told to the next offer, which ends the transfer
    std::vector<caf::response_promise> asking; ///< offers that wait
  };

  static inline const char* name = "bulk_receiver";

  explicit bulk_receiver_state(
    bulk_receiver_impl::stateful_pointer<bulk_receiver_state> self);

  caf::result<uint64_t> offer(const transfer_offer& x);

  caf::result<uint64_t> slice(const transfer_slice& x);

  void cancel(const transfer_key& key);

  void expire();

  status_report status() const;

  /// Reserves room for a new transfer.
  caf::result<uint64_t> accept(const transfer_offer& x);

  /// All bytes are here: verifies and delivers them.
  void complete(transfer& x);

  void deliver(const transfer_key& key, const caf::actor& target);

  /// The target has the blob.
  void delivered(const transfer_key& key);

  /// The blob cannot be delivered.
  void fail(const transfer_key& key, const caf::error& cause);

  void forget(const transfer_key& key);

  bulk_receiver_impl::stateful_pointer<bulk_receiver_state> self;
  bulk_receiver_config cfg;
  std::map<transfer_key, transfer> transfers;
  std::map<transfer_key, transfer_offer> recent; ///< delivered
  std::deque<transfer_key> recent_order;         ///< oldest first
  bulk_receiver_status counters;
  std::optional<directory> targets;
  requests delivering;
};

bulk_receiver_impl::behavior_type
bulk_receiver(bulk_receiver_impl::stateful_pointer<bulk_receiver_state> self,
              bulk_receiver_config cfg);

} // namespace vpaas
