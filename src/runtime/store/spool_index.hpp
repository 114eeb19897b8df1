#pragma once

#include "runtime/store/spooled_segment.hpp"

#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace vpaas {

/// A part of a segment, apart from its bytes.
struct spool_part {
  std::string stream;
  uint64_t number = 0;
  uint32_t part = 0;
  uint64_t first_frame = 0;
  uint64_t frames = 0;
  caf::timestamp captured;
};

/// A payload, or a position, as it was kept.
struct stored_bytes {
  size_t format = 0; ///< which of the formats that the spool was opened with
  std::string bytes;
};

/// Numbers of a stream that nothing stands at or beyond.
struct stream_end {
  uint64_t segment = 0;
  uint64_t frame = 0;
};

/// A segment that is not kept any more although nobody released it.
struct given_up {
  std::string stream;
  uint64_t number = 0;
  std::string reason; ///< "spool_bytes", "spool_age" or "damaged"
};

/// What a spool holds, and what it met. Of segments, `found + kept = segments +
/// released` and those that were given up.
struct spool_totals {
  uint64_t streams = 0;
  uint64_t segments = 0;
  uint64_t bytes = 0;    ///< on disk
  uint64_t found = 0;    ///< segments, when it was opened
  uint64_t kept = 0;     ///< segments since
  uint64_t released = 0; ///< the same
  uint64_t damaged = 0;  ///< files, deleted
  uint64_t newer = 0;    ///< segments of a newer version, left alone
  uint64_t foreign = 0;  ///< files that are not the spool's, left alone
};

/// What a spool knows of its files without looking at them: the segments of
/// each stream, which is the oldest, how much there is, and what was given up.
/// Whoever changes a file says so here. Pure.
class spool_index {
public:
  /// What is oldest: time, then order of arrival.
  using age_key = std::pair<caf::timestamp, uint64_t>;

  struct entry {
    spooled_segment info;
    uint64_t disk = 0;
    age_key age;
  };

  struct stream {
    std::string name;
    std::string folder;
    stored_bytes position;
    uint64_t order = 0; ///< of the next file
    std::map<uint64_t, entry> segments;
    std::set<uint64_t> newer; ///< segments that a newer version can read
    stream_end end_of_newer;
    /// Which part holds the position; none: the file of its own does.
    std::optional<std::pair<uint64_t, uint32_t>> newest;
  };

  using place = std::pair<stream*, uint64_t>; ///< of a segment

  /// Null where nothing is known of it.
  stream* find(const std::string& name);

  const stream* find(const std::string& name) const;

  const entry* find(const std::string& name, uint64_t number) const;

  /// The stream, new where there was none.
  stream& begin(const std::string& name) {
    return streams_[name];
  }

  void end(const std::string& name) {
    streams_.erase(name);
  }

  /// A part is in its file.
  void add(stream& to, const spool_part& x, caf::timestamp since,
           uint64_t payload, uint64_t disk);

  /// The files of a segment are gone.
  void remove(stream& in, uint64_t number);

  void give_up(const std::string& name, uint64_t number, const char* reason) {
    given_up_.push_back({name, number, reason});
  }

  /// What is there now was found, all else is kept from now on.
  void all_found();

  /// Segments whose age is `most` or more, oldest first.
  std::vector<place> too_old(caf::timestamp now, caf::timespan most) const;

  /// The oldest segment other than `sparing`; none: there is no other.
  std::optional<place> oldest_but(const entry* sparing) const;

  /// Whether the clock is believed; until it is, nothing that was found is too
  /// old.
  void trust_clock(bool x) {
    clock_trusted_ = x;
  }

  /// The clock was set, see `spool`.
  void shift(caf::timespan by, caf::timestamp now);

  std::vector<std::string> empty_streams() const;

  std::vector<given_up> take_given_up() {
    return std::exchange(given_up_, {});
  }

  spool_totals totals() const;

  /// Those that only files tell: of these whoever looks at them counts.
  spool_totals& counts() {
    return totals_;
  }

  /// From when on the age of the oldest segment counts.
  std::optional<caf::timestamp> oldest() const;

private:
  /// Whether its age is known.
  bool dated(const age_key& x) const {
    return clock_trusted_ || x.second >= found_until_;
  }

  std::map<std::string, stream> streams_;
  std::map<age_key, place> ages_;
  uint64_t arrivals_ = 0;
  uint64_t found_until_ = 0; ///< of the arrivals
  bool clock_trusted_ = true;
  spool_totals totals_;
  std::vector<given_up> given_up_;
};

} // namespace vpaas
