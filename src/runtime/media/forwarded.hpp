#pragma once

#include "runtime/media/chunk.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/keyframes.hpp"

#include <caf/expected.hpp>

#include <map>
#include <optional>

namespace vpaas {

/// The codec of chunks that hold a camera's own packets.
constexpr const char* forwarded_codec = "segments";

/// Makes a part of a chunk of what a camera sent: its frames are keyframes that
/// come out of it or of the parts before it, its bytes are the segments.
/// @param every a keyframe is one of so many frames
chunk forward(const segment_run& xs, const std::vector<frame_info>& keyframes,
              uint64_t every);

/// Decodes such parts as the camera's packets are decoded at home, so that the
/// same pictures come out. Part 0 of a chunk starts with an intra frame.
class forwarded_decoder {
public:
  explicit forwarded_decoder(int threads) : threads_(threads) {
    // nop
  }

  /// @pre `x.codec.codec` is `forwarded_codec`
  /// @returns ec::codec with stream, chunk and cause where a frame is missing,
  ///          and until the next part 0
  caf::expected<std::vector<frame>> decode(const chunk& x);

private:
  caf::expected<std::vector<frame>> take(const chunk& x);

  int threads_;
  uint64_t every_ = 0;
  std::optional<decoder> pictures_;
  std::map<uint64_t, frame> ready_; ///< keyframes that no part named yet
  std::string stream_;
  uint64_t seq_ = 0;
  uint32_t next_part_ = 0; ///< 0: only a chunk's first part may come
};

} // namespace vpaas
