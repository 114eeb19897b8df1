#pragma once

#include "runtime/media/chunk_decoder.hpp"
#include "runtime/media/encoder.hpp"

#include <caf/expected.hpp>

#include <cstdint>

namespace vpaas {

/// What the cloud sees: keyframes through the fog's encoder and the cloud's
/// decoder, chunk by chunk, as the protocol sends them [IV-B].
class poor_copy {
public:
  /// @param chunk_frames keyframes of a chunk [VI-B]
  explicit poor_copy(const encoder_config& quality, uint64_t chunk_frames = 15);

  /// The copy of the next keyframe. @returns ec::codec, ec::bad_config
  caf::expected<frame> pass(const frame& x);

  /// Coded bytes so far.
  uint64_t bytes() const {
    return bytes_;
  }

private:
  encoder encoder_;
  chunk_decoder decoder_;
  uint64_t chunk_frames_;
  uint64_t in_chunk_ = 0, seq_ = 0, bytes_ = 0;
};

} // namespace vpaas
