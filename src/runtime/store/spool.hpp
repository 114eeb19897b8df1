#pragma once

#include "runtime/store/folder_lock.hpp"
#include "runtime/store/spooled_segment.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vpaas {

struct spool_header;

/// How much a spool keeps, and how long.
struct spool_limits {
  uint64_t max_bytes = 4ull << 30; ///< on disk, in blocks of 4 KiB
  caf::timespan max_age = std::chrono::hours(24); ///< since captured
};

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

/// Segments of streams in files, one a part, in a folder a stream, until they
/// are released; bounded by bytes and age, and the oldest over all streams go
/// first. It knows nothing of what it keeps: payloads are bytes, laid out in a
/// format whose name is in the header of each file.
///
/// What is proven to be damaged, by checksum or length, is deleted, counted and
/// given up. What cannot be read now is an error and changes nothing. What a
/// newer version laid out stays where it is until that version is back: it is
/// not listed, not fetched and not in the bounds, and no other segment gets its
/// number.
///
/// It survives the death of the process at any moment: a part is in its file
/// whole, with the position of its stream, or not at all. It does not survive
/// the death of the machine: nothing is forced to the medium, so that a segment
/// that is released within seconds is unlinked before the kernel writes it out
/// and costs no disk. A file that such a death cut off is found by its
/// checksum.
///
/// One thread at a time, one process a folder; each call blocks. A thread that
/// was abandoned (runtime/pulse) hands its folder to the next one of its
/// process that opens it, and changes nothing there any more.
class spool {
public:
  /// Makes the folder where there is none; only this user may look into it.
  /// Reads only headers.
  /// @param formats names of the layouts of payloads and positions that can be
  ///        read, oldest first; the last is that of what is kept from now on.
  ///        All others are taken for newer
  /// @returns ec::io, also where another process has the folder: try again
  static caf::expected<std::unique_ptr<spool>>
  open(const std::string& folder, const std::vector<std::string>& formats,
       spool_limits limits);

  spool(const spool&) = delete;

  spool& operator=(const spool&) = delete;

  ~spool();

  /// Keeps a part behind those before it, and `position` with it; one that is
  /// there already is left as it is. Gives up what must go for it.
  /// `captured` in the future, or longer ago than the bound, is a wrong clock:
  /// its age counts from `now` then.
  /// @returns ec::io, and then the part is not there; ec::not_found where the
  ///          part before it is not there, or its number is taken by a newer
  ///          version's; ec::bad_config for a segment that is larger than all
  ///          the spool
  caf::error keep(const spool_part& x, std::string_view payload,
                  const std::string& position, caf::timestamp now);

  /// Oldest number first.
  std::vector<spooled_segment> segments(const std::string& stream) const;

  /// Streams of which nothing is kept but their position.
  std::vector<std::string> empty_streams() const;

  /// As of the last part that was kept, whatever was released since; empty:
  /// none was, or a newer version kept it.
  stored_bytes position(const std::string& stream) const;

  /// Beyond what a newer version left of a stream.
  stream_end end_of_newer(const std::string& stream) const;

  /// The payloads of a segment, its parts in order.
  /// @returns ec::not_found; ec::bad_input where it is damaged, and given up;
  ///          ec::io where it cannot be read now: it is there still
  caf::expected<std::vector<stored_bytes>> fetch(const std::string& stream,
                                                 uint64_t number);

  /// Gives up a segment whose payload is damaged although its checksum is not.
  /// @returns ec::io, and then it is still there
  caf::error reject(const std::string& stream, uint64_t number);

  /// Forgets a segment; one that is not there is fine.
  /// @returns ec::io, and then it is still there
  caf::error release(const std::string& stream, uint64_t number);

  /// Gives up what is too old, or too much.
  caf::error prune(caf::timestamp now);

  /// Whether the clock is believed; until it is, nothing that was found is too
  /// old: how long ago it was kept only the clock says.
  void trust_clock(bool x);

  /// Forgets a stream with all that is kept of it, by whatever version.
  caf::error forget(const std::string& stream);

  /// The clock was set to `now`, so much later than it would have been: ages
  /// stay what they were. While the clock is not trusted this holds for what
  /// was kept by it, not for what was found: that was kept by a right one.
  void shift(caf::timespan by, caf::timestamp now);

  /// What was given up since the last call, in order.
  std::vector<given_up> take_given_up();

  spool_totals totals() const;

  /// From when on the age of the oldest segment counts.
  std::optional<caf::timestamp> oldest() const;

private:
  /// What is oldest: time, then order of arrival.
  using age_key = std::pair<caf::timestamp, uint64_t>;

  struct entry {
    spooled_segment info;
    uint64_t disk = 0;
    age_key age;
  };

  struct stream_entry {
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

  struct found_stream;

  spool(std::string folder, const std::vector<std::string>& formats,
        spool_limits limits);

  caf::error lock();

  caf::error scan();

  caf::error scan_stream(const std::string& folder);

  caf::error scan_files(found_stream& in);

  void adopt(found_stream& in);

  void discard(const std::string& folder);

  void leave_to_newer(const std::string& folder);

  /// Which of the formats a header names.
  std::optional<size_t> format_of(const spool_header& x) const;

  const entry* find(const std::string& stream, uint64_t number) const;

  /// Whether a part can be kept that takes `disk` bytes.
  caf::error check(const spool_part& x, const entry* before,
                   uint64_t disk) const;

  /// The stream, with a folder that is there.
  caf::expected<stream_entry*> stream_of(const std::string& name);

  /// Gives up the oldest other than `sparing` until there are so many bytes.
  caf::error make_room(uint64_t bytes, const entry* sparing);

  caf::error give_up(stream_entry& in, uint64_t number, const char* reason);

  caf::error remove(stream_entry& in, uint64_t number);

  caf::error remove_part(stream_entry& in, uint64_t number, uint32_t part);

  void add(stream_entry& to, const spool_part& x, caf::timestamp since,
           uint64_t payload, uint64_t disk);

  void save_position(stream_entry& in);

  caf::error forget_newer(stream_entry& in);

  std::string folder_;
  std::vector<uint64_t> formats_; ///< checksums of their names
  spool_limits limits_;
  folder_lock lock_;
  std::map<std::string, stream_entry> streams_;
  std::map<age_key, std::pair<stream_entry*, uint64_t>> ages_;
  uint64_t arrivals_ = 0;
  uint64_t found_until_ = 0; ///< of the arrivals
  bool clock_trusted_ = true;
  spool_totals totals_;
  std::vector<given_up> given_up_;
};

} // namespace vpaas
