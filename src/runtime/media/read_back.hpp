#pragma once

#include "runtime/media/decoder.hpp"

#include <cstdint>
#include <deque>
#include <string>

namespace vpaas {

/// The first segment of a stream and its last two: whether they can be decoded
/// tells whether the stream can.
class stream_ends {
public:
  /// Takes the next part.
  void take(const segment& x);

  /// Frames of the first and of the last segment that do not come out, and the
  /// decoder's words for it.
  decoded missing() const;

private:
  std::deque<segment> parts_;
};

/// A file that was written.
struct written_file {
  std::string path;
  uint64_t frames = 0;
  stream_ends ends; ///< of what went into it
};

/// Opens a recording as a camera would, counts its frames, and decodes its
/// first and its last segment.
/// @returns ec::codec where its frames are not as many, or some do not come out
///          that came out of the source
caf::error read_back(const written_file& x);

} // namespace vpaas
