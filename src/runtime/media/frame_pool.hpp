#pragma once

#include "runtime/media/av.hpp"
#include "runtime/media/frame.hpp"

namespace vpaas {

/// Makes writable YUV 4:2:0 pictures whose memory returns here when the last
/// frame that uses it is gone. One size at a time; not thread-safe, although
/// frames may be released on any thread.
class frame_pool {
public:
  caf::expected<av::frame_ptr> take(int width, int height);

private:
  caf::expected<av::frame_ptr> try_take(int width, int height);

  size_t size_ = 0;
  av::pool_ptr pool_;
};

/// Gives a finished picture away.
frame share(av::frame_ptr pixels, frame_info info);

/// Bounds the size of a picture that comes from outside: 8K and a bit more.
inline constexpr int64_t max_pixels = int64_t{8192} * 8192;

} // namespace vpaas
