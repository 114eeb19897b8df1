#pragma once

#include "runtime/media/chunk.hpp"
#include "runtime/media/frame.hpp"

#include <memory>

namespace vpaas {

class forwarded_decoder;
class picture_decoder;

/// Decodes chunks, whole or in parts, keyframes that were encoded anew or a
/// camera's own packets; every frame comes out with the part that holds it.
/// Chunks of different streams may follow each other; the parts of one may not
/// be mixed with another's.
class chunk_decoder {
public:
  explicit chunk_decoder(int threads = 1);
  chunk_decoder(chunk_decoder&&) noexcept;
  chunk_decoder& operator=(chunk_decoder&&) noexcept;
  ~chunk_decoder();

  /// Returns one frame for each of `x.frames`; a frame of which only a part
  /// could be decoded is marked as damaged.
  /// @returns ec::codec with stream, chunk and cause where a frame is missing.
  caf::expected<std::vector<frame>> decode(const chunk& x);

private:
  caf::error prepare(const chunk& x);
  caf::error take(const coded_frame& about, int64_t id,
                  std::vector<frame>& out);

  int threads_;
  std::unique_ptr<forwarded_decoder> forwarded_; ///< for a camera's packets
  std::unique_ptr<picture_decoder> pictures_;
  codec_parameters codec_;
  std::string stream_;
  uint64_t seq_ = 0;
  uint32_t next_part_ = 0; ///< 0: only a chunk's first part may come
  int64_t next_id_ = 0;
};

} // namespace vpaas
