#pragma once

#include "runtime/media/segmenter.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <string>

namespace vpaas {

/// Writes what a source sends into an MP4 file as it is: nothing is coded
/// anew. Decoding times begin at 0; packets before the first intra frame are
/// left out.
class recording {
public:
  /// @returns ec::io where the file cannot be written, ec::codec where MP4
  ///          cannot hold the codec.
  static caf::expected<recording> open(const std::string& path,
                                       const codec_parameters& codec);

  recording(recording&&) noexcept;
  recording& operator=(recording&&) noexcept;

  /// Finishes the file, best effort.
  ~recording();

  /// Appends a packet. @returns ec::io.
  caf::error add(const packet_view& x);

  /// Writes the index; a file that is not finished cannot be played.
  caf::error finish();

  /// Pictures in the file.
  uint64_t frames() const;

private:
  struct impl;

  explicit recording(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
