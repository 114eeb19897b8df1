#pragma once

#include "runtime/media/chunk.hpp"
#include "runtime/media/frame.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <string>

namespace vpaas {

/// Writes frames into an MP4 file for people: H.264, times as the frames have
/// them. Blocks for the time of encoding.
class mp4_writer {
public:
  /// @param fps for frames without times; the first frame gives the size.
  mp4_writer(std::string path, double fps);
  mp4_writer(mp4_writer&&) noexcept;
  mp4_writer& operator=(mp4_writer&&) noexcept;

  /// Finishes the file, best effort.
  ~mp4_writer();

  /// A frame of another size is made smaller or larger, its shape kept.
  /// @returns ec::io where the file cannot be written, ec::bad_input for an
  ///          empty frame, ec::codec.
  caf::error add(const frame& x);

  /// Writes what is left; a file that is not finished cannot be played.
  caf::error finish();

  /// Frames that had another size than the first.
  uint64_t letterboxed() const;

private:
  struct impl;

  caf::error try_add(const frame& x);

  std::unique_ptr<impl> impl_;
};

/// Returns a whole chunk as a fragmented MP4, which browsers play as it comes.
/// Nothing is coded anew.
/// @returns ec::bad_input where `x` does not start with an IDR.
caf::expected<blob> to_fragmented_mp4(const chunk& x);

} // namespace vpaas
