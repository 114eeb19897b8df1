#pragma once

#include <caf/timespan.hpp>

#include <cstdint>
#include <optional>
#include <set>

namespace vpaas {

/// Whose turn it is among siblings that start in order, the next when the one
/// before is ready, and stop in reverse, the next when the one before has
/// ended; nobody starts while somebody is to stop. Ids are in the siblings'
/// order; times are on one clock of the caller. Pure.
class turns {
public:
  void want_start(uint64_t id) {
    if (!closed_)
      to_start_.insert(id);
  }

  void want_stop(uint64_t id) {
    to_stop_.insert(id);
  }

  void start_not(uint64_t id) {
    to_start_.erase(id);
  }

  void stop_not(uint64_t id) {
    to_stop_.erase(id);
  }

  /// Nobody starts any more.
  void close();

  /// Nobody starts before this.
  void rest_until(caf::timespan x);

  /// Whose turn it was to start is ready.
  void started(uint64_t id);

  /// It ended, whoever's turn it was.
  void ended(uint64_t id);

  /// Who stops now: its turn lasts until it has ended.
  std::optional<uint64_t> next_stop();

  /// Who starts now: its turn lasts until it is ready, or has ended.
  std::optional<uint64_t> next_start(caf::timespan now);

  /// When somebody may start if nothing happens before.
  std::optional<caf::timespan> wake() const;

private:
  bool closed_ = false;
  std::set<uint64_t> to_start_;
  std::set<uint64_t> to_stop_;
  std::optional<uint64_t> starting_;
  std::optional<uint64_t> stopping_;
  caf::timespan resume_at_{0};
};

} // namespace vpaas
