#pragma once

#include "runtime/media/av.hpp"
#include "runtime/media/encoder.hpp"

namespace vpaas {

/// One opened H.264 encoder of FFmpeg, in software or hardware: pictures of
/// one size in, one coded picture for each at once.
class codec_session {
public:
  /// @param name FFmpeg's, not "auto".
  static caf::expected<codec_session>
  open(const std::string& name, const encoder_config& config, int width,
       int height, color_space color);

  /// Encodes `picture`, YUV 4:2:0 of the session's size, as IDR if asked.
  caf::expected<av::packet_ptr> encode(const AVFrame& picture, bool idr);

  const AVCodecContext& context() const {
    return *context_;
  }

private:
  caf::error upload(av::frame_ptr& picture);

  av::codec_ptr context_;
  int64_t next_pts_ = 0;
};

} // namespace vpaas
