#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace vpaas {

struct clip_limits {
  uint64_t max_bytes = 1ull << 30;                    ///< of each stream
  caf::timespan max_age = std::chrono::hours(7 * 24); ///< since it was kept
};

/// A file that shows these frames of a stream, both ends included.
struct stored_clip {
  uint64_t first = 0;
  uint64_t last = 0;
  uint64_t bytes = 0;
  caf::timestamp kept;
};

/// Clips as files, FOLDER/STREAM/FIRST-LAST.mp4, for this user alone. A file
/// is there whole or not at all; those from before are found again. One thread
/// at a time; each call blocks.
class clip_folder {
public:
  /// Makes the folder where there is none. @returns ec::io
  static caf::expected<clip_folder> open(const std::string& folder,
                                         clip_limits limits);

  /// Keeps a clip; the oldest of its stream go for it.
  /// @pre `is_name(stream)` @returns ec::io
  caf::error keep(const std::string& stream, uint64_t first, uint64_t last,
                  const std::string& bytes, caf::timestamp now);

  /// The clip that shows most around this frame; none: no clip shows it.
  std::optional<stored_clip> find(const std::string& stream,
                                  uint64_t frame) const;

  /// Bytes of a clip that was found, from `offset` on; empty behind its end.
  /// @returns ec::io; ec::not_found where somebody took it away
  caf::expected<std::string> read(const std::string& stream,
                                  const stored_clip& x, uint64_t offset,
                                  uint64_t most) const;

  /// Forgets what is too old. @returns ec::io
  caf::error prune(caf::timestamp now);

  /// Forgets a stream with all its clips. @returns ec::io
  caf::error forget(const std::string& stream);

  uint64_t clips() const;

  uint64_t bytes() const;

private:
  using clips_of_stream = std::map<uint64_t, stored_clip>; ///< by first frame

  clip_folder(std::string folder, clip_limits limits);

  void scan();

  caf::error remove(const std::string& stream, clips_of_stream& in,
                    clips_of_stream::iterator which);

  std::string path_of(const std::string& stream, const stored_clip& x) const;

  std::string folder_;
  clip_limits limits_;
  std::map<std::string, clips_of_stream> streams_;
};

} // namespace vpaas
