#pragma once

#include "runtime/event.hpp"
#include "runtime/store/database.hpp"
#include "runtime/store/ledger.hpp"

#include <caf/expected.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace vpaas {

/// The events of users' functions, once each, in a table `events` of the
/// ledger's database. Blocks; one caller at a time. After an error it may be
/// used again, or opened anew.
class event_log {
public:
  /// @returns ec::io; ec::bad_config for a connection that is none
  static caf::expected<event_log> open(const database_config& cfg);

  event_log(event_log&&) noexcept;

  event_log& operator=(event_log&&) noexcept;

  ~event_log();

  /// Keeps events, all or none, and gives them ids in their order. One that is
  /// there already stays as it is. @returns how many were not there
  /// @pre `!check_storable` of each
  caf::expected<uint64_t> record(const std::vector<event>& xs);

  /// In the order of their ids; none where there never was an event.
  caf::expected<std::vector<event>> find(const event_query& x);

  caf::expected<uint64_t> count();

  /// Deletes the oldest ones that need not be kept, `most` at most.
  caf::expected<uint64_t> prune(const retention& keep, caf::timestamp now,
                                uint64_t most);

private:
  struct impl;

  explicit event_log(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

/// @returns ec::bad_input where a number has more than 63 bits
caf::error check_storable(const event& x);

} // namespace vpaas
