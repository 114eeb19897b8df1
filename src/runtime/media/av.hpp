#pragma once

// What every file of this folder needs from FFmpeg: ownership and errors.
// Only sources of runtime/media include this header.

#include "runtime/error.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>
#include <utility>

namespace vpaas::av {

/// Deletes by a function of FFmpeg that takes the address of the pointer.
template <auto Free>
struct free_at {
  template <class T>
  void operator()(T* x) const {
    Free(&x);
  }
};

template <auto Free>
struct free_by {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};

using frame_ptr = std::unique_ptr<AVFrame, free_at<av_frame_free>>;
using packet_ptr = std::unique_ptr<AVPacket, free_at<av_packet_free>>;
using codec_ptr
  = std::unique_ptr<AVCodecContext, free_at<avcodec_free_context>>;
using input_ptr
  = std::unique_ptr<AVFormatContext, free_at<avformat_close_input>>;
using buffer_ptr = std::unique_ptr<AVBufferRef, free_at<av_buffer_unref>>;
using pool_ptr = std::unique_ptr<AVBufferPool, free_at<av_buffer_pool_uninit>>;
using scaler_ptr = std::unique_ptr<SwsContext, free_by<sws_freeContext>>;

/// Options of one open call; what the callee did not know stays inside.
class options {
public:
  options() = default;
  options(const options&) = delete;
  options& operator=(const options&) = delete;

  ~options() {
    av_dict_free(&map_);
  }

  void set(const char* key, const std::string& value) {
    av_dict_set(&map_, key, value.c_str(), 0);
  }

  AVDictionary** get() {
    return &map_;
  }

private:
  AVDictionary* map_ = nullptr;
};

/// Keeps FFmpeg from writing to standard error; what it would have printed
/// last on this thread becomes part of `failed`. Call before any other use.
void quiet();

/// Forgets what FFmpeg said on this thread.
void forget_log();

/// Returns "failed to <what>: <cause of rc and FFmpeg's own words>; <remedy>".
caf::error failed(ec code, const std::string& what, int rc,
                  const std::string& remedy);

} // namespace vpaas::av
