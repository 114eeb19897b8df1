#pragma once

#include "runtime/media/av.hpp"

namespace vpaas {

/// Closes the file, whether it is finished or not.
struct free_output {
  void operator()(AVFormatContext* x) const {
    if (x->pb)
      avio_closep(&x->pb);
    avformat_free_context(x);
  }
};

using output_ptr = std::unique_ptr<AVFormatContext, free_output>;

/// Begins an MP4 file that is not open yet. @returns FFmpeg's code
inline int make_output(output_ptr& to) {
  AVFormatContext* raw = nullptr;
  auto rc = avformat_alloc_output_context2(&raw, nullptr, "mp4", nullptr);
  to.reset(raw);
  return rc;
}

} // namespace vpaas
