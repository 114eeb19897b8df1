#pragma once

#include "messages/bulk.hpp"
#include "runtime/policy/credit_window.hpp"

#include <caf/error.hpp>

#include <deque>
#include <functional>
#include <map>
#include <vector>

namespace vpaas {

struct bulk_sender_config {
  credit_config credit;
  /// Bytes of blobs that wait or are on their way; one blob may exceed it. Live
  /// ones have as much once more.
  uint64_t max_queued = 256ull * 1024 * 1024;
  size_t max_active = 16; ///< transfers that share the window, and live ones
  /// Before a transfer is offered again that the receiver could not take.
  caf::timespan retry_delay = std::chrono::milliseconds(200);
};

/// Bytes of blobs on their way over a bulk channel.
struct bulk_totals {
  uint64_t queued = 0;    ///< of all blobs that are not done
  uint64_t flying = 0;    ///< of slices that are not acknowledged
  uint64_t sent = 0;      ///< so far, repeated ones included
  uint64_t delivered = 0; ///< blobs, so far
};

/// The sending half of a link's bulk channel: which slice of which transfer
/// goes next. Transfers take turns, slice by slice, under one credit window;
/// those of a live source before those that can wait.
///
///     waiting --offer--> offered --held n--> sending --last slice, offer-->
///        ^                  |                   |             confirming
///        +-- retry ---------+-------------------+------------------+--> done
///
/// The second offer asks whether the blob was delivered; it follows the last
/// slice without waiting. Not an actor: the link owns it, sends what it asks
/// for and tells it what came back, so it needs no network to be tested. Times
/// are on one clock. Never blocks.
class bulk_sender {
public:
  /// What an answer is about; the owner keeps it with the request.
  struct ticket {
    transfer_key key;
    uint64_t session = 0; ///< differs after each `close`
    uint64_t attempt = 0; ///< differs after each offer
    uint64_t bytes = 0;   ///< of the slice, 0 for an offer
    caf::timespan sent{0};
  };

  /// How things leave.
  struct outlet {
    std::function<void(const ticket&, const transfer_offer&)> offer;
    std::function<void(const ticket&, transfer_slice)> slice;
    std::function<void(const transfer_key&)> cancel;
  };

  /// Gets no error where the blob was delivered.
  using done_fun = std::function<void(const caf::error&)>;

  bulk_sender(bulk_sender_config cfg, outlet out);

  /// Queues a transfer; the size and checksum of `offer` are filled in here. A
  /// key that is on its way already is not sent twice.
  /// @returns ec::overload, or ec::bad_input for another blob under that key;
  /// then `done` is not called
  caf::error add(transfer_offer offer, blob bytes, caf::timespan deadline,
                 done_fun done);

  /// Withdraws a transfer; its `done` gets ec::cancelled.
  void cancel(const transfer_key& key);

  /// The receiver can be reached from now on.
  void open(caf::timespan now);

  /// It cannot; what was on its way is offered again after `open`.
  void close();

  /// The receiver holds `held` bytes of the offered blob.
  void offered(const ticket& what, uint64_t held, caf::timespan now);

  /// The receiver got a slice.
  void acked(const ticket& what, caf::timespan now);

  /// An offer or slice was answered with an error, or not at all.
  void failed(const ticket& what, const caf::error& cause, caf::timespan now);

  /// Ends what is too late and tries again what had to wait.
  void tick(caf::timespan now);

  /// Ends everything.
  void abort(const caf::error& cause);

  uint64_t transfers() const {
    return transfers_.size();
  }

  const bulk_totals& totals() const {
    return totals_;
  }

  const credit_window& credit() const {
    return credit_;
  }

private:
  enum class phase { waiting, offered, sending, confirming };

  struct transfer {
    transfer_offer offer;
    blob bytes;
    caf::timespan deadline{0};
    std::vector<done_fun> done;
    phase state = phase::waiting;
    uint64_t attempt = 0;
    uint64_t sent = 0;
    caf::timespan retry_at{0};
  };

  /// The transfer that `what` is about, null where the answer is a late one.
  transfer* find(const ticket& what);

  void start_waiting(caf::timespan now);

  void pump(caf::timespan now);

  /// Sends what the window lets through of those that are live, or of those
  /// that are not. @returns whether there is room left
  bool send_slices(bool live, caf::timespan now);

  bool may_start(const transfer_key& key, caf::timespan now) const;

  std::deque<transfer_key>::iterator first_that_can_wait();

  /// Puts a transfer into the line.
  void wait(const transfer_key& key, bool live);

  void send_offer(transfer& x, phase next, caf::timespan now);

  void send_slice(transfer& x, uint32_t size, caf::timespan now);

  void retry(transfer& x, caf::timespan at);

  void finish(const transfer_key& key, const caf::error& cause);

  bulk_sender_config cfg_;
  outlet out_;
  credit_window credit_;
  bool open_ = false;
  uint64_t session_ = 0;
  uint64_t attempts_ = 0;
  std::map<transfer_key, transfer> transfers_;
  std::deque<transfer_key> waiting_; // live ones first
  std::deque<transfer_key> active_;  // the front sends next
  bulk_totals totals_;
};

} // namespace vpaas
