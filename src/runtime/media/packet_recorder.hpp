#pragma once

#include "runtime/media/segmenter.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <string>

namespace vpaas {

/// Writes what a source sends into an MP4 file as it is: nothing is coded
/// anew. Decoding times begin at 0; packets before the first intra frame are
/// left out.
class packet_recorder {
public:
  /// @returns ec::io where the file cannot be written, ec::codec where MP4
  ///          cannot hold the codec.
  static caf::expected<packet_recorder> open(const std::string& path,
                                             const codec_parameters& codec);

  packet_recorder(packet_recorder&&) noexcept;
  packet_recorder& operator=(packet_recorder&&) noexcept;

  /// Finishes the file, best effort.
  ~packet_recorder();

  /// Appends a packet. @returns ec::io.
  caf::error add(const packet_view& x);

  /// Writes the index; a file that is not finished cannot be played.
  caf::error finish();

  /// Pictures in the file.
  uint64_t frames() const;

private:
  struct impl;

  explicit packet_recorder(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
