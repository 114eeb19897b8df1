#pragma once

#include "runtime/media/segment.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <string>
#include <vector>

namespace vpaas {

struct stream_details;

/// Writes what a source sends into MP4 files as it is: nothing is coded anew.
/// Decoding times begin at 0. Codec, profile, colour, shape of pixels and
/// orientation are carried; where decoders must know something new in the
/// middle, another file begins: NAME-2.mp4, NAME-3.mp4. Pictures that are not
/// to be shown stay hidden by an edit list. What was written is read back
/// before it is called done. Blocks.
class packet_recorder {
public:
  /// @param details of the source, see `source::details`; may be null
  packet_recorder(std::string path,
                  std::shared_ptr<const stream_details> details);
  packet_recorder(packet_recorder&&) noexcept;
  packet_recorder& operator=(packet_recorder&&) noexcept;

  /// Finishes the file, best effort.
  ~packet_recorder();

  /// Appends the pictures of a segment; the first one begins the file.
  /// @returns ec::io where it cannot be written, ec::codec where MP4 cannot
  ///          hold the codec.
  caf::error add(const segment& x);

  /// Writes the index, then opens each file and decodes its first and its last
  /// group of pictures. @returns ec::codec where they do not come out.
  caf::error finish();

  /// Frames in the files.
  uint64_t frames() const;

  /// In the order in which they were written.
  std::vector<std::string> files() const;

private:
  struct impl;

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
