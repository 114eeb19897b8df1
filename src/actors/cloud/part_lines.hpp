#pragma once

#include "messages/part_key.hpp"

#include <caf/actor_clock.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

struct part_limits {
  size_t stream_parts = 64;      ///< of one stream, that wait
  uint64_t bytes = 256ull << 20; ///< of all that wait, and of the unclaimed
  /// How long a part waits for its bytes, and bytes for their part.
  caf::timespan patience = std::chrono::seconds(10);
};

/// The line of each stream where parts wait, in the order of their arrival, for
/// bytes that come by themselves, or behind a part that does. Holds no clock:
/// the caller passes `now`.
class part_lines {
public:
  using time_point = caf::actor_clock::time_point;

  struct entry {
    uint64_t ticket; ///< the caller's name for it
    chunk part;
    time_point since;
    bool whole; ///< its bytes are here
  };

  explicit part_lines(part_limits limits = {}) : limits_(limits) {
    // nop
  }

  /// Holds for what comes from now on.
  void limit(part_limits limits) {
    limits_ = limits;
  }

  /// Puts a part at the end of its stream's line, with its bytes if they came
  /// before it. Another attempt of the same part takes the place of the one
  /// that waits, bytes and all.
  /// @returns the ticket of that one, or ec::overload where there is no room
  caf::expected<std::optional<uint64_t>> push(uint64_t ticket, chunk x,
                                              time_point now);

  /// Gives bytes to the part that waits for them, or keeps them for it; oldest
  /// bytes without a part make room. @returns ec::overload where there is none
  caf::error deliver(const delivery& x, time_point now);

  /// Takes the parts of a stream whose bytes are here and before whom nobody
  /// waits.
  std::vector<entry> take(const std::string& stream);

  /// Takes the parts whose bytes did not come in time, and drops the bytes
  /// whose part did not.
  std::vector<entry> expire(time_point now);

  /// Takes the parts with these tickets, wherever they wait.
  std::vector<entry> withdraw(const std::set<uint64_t>& tickets);

  /// When something expires next.
  std::optional<time_point> next_due() const;

  // -- counters: came = claimed + dropped + unclaimed -------------------------

  size_t waiting() const; ///< parts

  uint64_t bytes() const {
    return bytes_;
  }

  /// Deliveries that were taken.
  uint64_t came() const {
    return came_;
  }

  uint64_t claimed() const {
    return claimed_;
  }

  uint64_t dropped() const {
    return dropped_;
  }

  size_t unclaimed() const {
    return unclaimed_.size();
  }

private:
  using line = std::deque<entry>;

  /// Takes what does not stay.
  template <class Predicate>
  std::vector<entry> take_all_but(Predicate stays);

  struct early_bytes {
    transfer_key key;
    blob bytes;
    time_point since;
  };

  entry* find(const std::string& stream, uint64_t seq, uint32_t part);

  entry* find(const transfer_key& key);

  /// @returns the ticket that `old` had
  uint64_t replace(entry& old, uint64_t ticket, chunk x);

  void fill(entry& x, blob bytes);

  /// Gives `x` its bytes if they are here.
  void claim(entry& x);

  void drop(std::deque<early_bytes>::iterator i);

  bool make_room(uint64_t size);

  part_limits limits_;
  std::map<std::string, line> lines_; ///< none of them empty
  std::deque<early_bytes> unclaimed_; ///< oldest first
  uint64_t bytes_ = 0;
  uint64_t came_ = 0;
  uint64_t claimed_ = 0;
  uint64_t dropped_ = 0;
};

} // namespace vpaas
