#pragma once

#include "runtime/store/folder_lock.hpp"
#include "runtime/store/spool_index.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vpaas {

struct spool_header;

/// How much a spool keeps, and how long.
struct spool_limits {
  uint64_t max_bytes = 4ull << 30; ///< on disk, in blocks of 4 KiB
  caf::timespan max_age = std::chrono::hours(24); ///< since captured
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
  std::vector<std::string> empty_streams() const {
    return index_.empty_streams();
  }

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
  void trust_clock(bool x) {
    index_.trust_clock(x);
  }

  /// Forgets a stream with all that is kept of it, by whatever version.
  caf::error forget(const std::string& stream);

  /// The clock was set to `now`, so much later than it would have been: ages
  /// stay what they were. While the clock is not trusted this holds for what
  /// was kept by it, not for what was found: that was kept by a right one.
  void shift(caf::timespan by, caf::timestamp now) {
    index_.shift(by, now);
  }

  /// What was given up since the last call, in order.
  std::vector<given_up> take_given_up() {
    return index_.take_given_up();
  }

  spool_totals totals() const {
    return index_.totals();
  }

  /// From when on the age of the oldest segment counts.
  std::optional<caf::timestamp> oldest() const {
    return index_.oldest();
  }

private:
  using entry = spool_index::entry;
  using stream_entry = spool_index::stream;

  class scan;

  spool(std::string folder, const std::vector<std::string>& formats,
        spool_limits limits);

  /// Reads what is there.
  caf::error find_all();

  /// Which of the formats a header names.
  std::optional<size_t> format_of(const spool_header& x) const;

  /// The stream, with a folder that is there.
  caf::expected<stream_entry*> stream_of(const std::string& name);

  /// Gives up the oldest other than `sparing` until there are so many bytes.
  caf::error make_room(uint64_t bytes, const entry* sparing);

  caf::error give_up(stream_entry& in, uint64_t number, const char* reason);

  caf::error remove(stream_entry& in, uint64_t number);

  caf::error remove_part(stream_entry& in, uint64_t number, uint32_t part);

  void save_position(stream_entry& in);

  caf::error forget_newer(stream_entry& in);

  std::string folder_;
  std::vector<uint64_t> formats_; ///< checksums of their names
  spool_limits limits_;
  folder_lock lock_;
  spool_index index_;
};

} // namespace vpaas
