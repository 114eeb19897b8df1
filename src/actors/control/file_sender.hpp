#pragma once

#include "actors/alarm.hpp"
#include "actors/bulk_sender.hpp"
#include "actors/requests.hpp"
#include "messages/deployment.hpp"

#include <caf/all.hpp>

#include <optional>

namespace vpaas {

/// Sends files over the bulk channel to a node that keeps the connection
/// itself, as a link does to the node that it keeps one to. When that node is
/// gone its transfers fail, and it ends. Never blocks.
struct file_sender_config {
  receiver_actor to;
  caf::timespan patience = std::chrono::seconds(20); ///< for a slice
  bulk_sender_config bulk;
};

struct file_sender_status {
  uint64_t transfers = 0; ///< that are not done
  uint64_t delivered = 0;
  uint64_t sent_bytes = 0;

  static constexpr auto type_name = "file_sender_status";

  static constexpr auto fields() {
    using self = file_sender_status;
    return std::make_tuple(field("transfers", &self::transfers),
                           field("delivered", &self::delivered),
                           field("sent_bytes", &self::sent_bytes));
  }
};

struct file_sender_state {
  static inline const char* name = "file_sender";

  explicit file_sender_state(
    file_sender_actor::stateful_pointer<file_sender_state> self)
    : self(self) {
    // nop
  }

  /// However it ends, nobody is left without an answer.
  ~file_sender_state();

  void begin(file_sender_config x);

  caf::result<void> transfer(const transfer_offer& offer, const blob& bytes,
                             caf::timespan timeout);

  status_report status() const;

  file_sender_actor::stateful_pointer<file_sender_state> self;
  file_sender_config cfg;
  std::optional<bulk_sender> bulk;
  requests asked;
  alarm clock;

private:
  bulk_sender::outlet outlet();

  void tick();

  caf::timespan now() const;
};

file_sender_actor::behavior_type
file_sender(file_sender_actor::stateful_pointer<file_sender_state> self,
            file_sender_config cfg);

} // namespace vpaas
