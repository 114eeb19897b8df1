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
#include <new>
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

/// Takes what FFmpeg has allocated. Every allocation of FFmpeg goes through
/// here. @throws std::bad_alloc for null: the functions at the edge turn it
/// into an error, see `guarded`
template <class T>
T* allocated(T* x) {
  if (!x)
    throw std::bad_alloc{};
  return x;
}

inline packet_ptr make_packet() {
  return packet_ptr{allocated(av_packet_alloc())};
}

inline frame_ptr make_frame() {
  return frame_ptr{allocated(av_frame_alloc())};
}

inline codec_ptr make_codec(const AVCodec* codec) {
  return codec_ptr{allocated(avcodec_alloc_context3(codec))};
}

/// Returns memory with zeros behind `size` bytes of `data`, as FFmpeg wants
/// for extradata; who takes it frees it.
uint8_t* padded_copy(const uint8_t* data, size_t size);

/// Fills `packet` with a copy of the bytes.
void fill(AVPacket& packet, const uint8_t* data, size_t size);

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
    if (av_dict_set(&map_, key, value.c_str(), 0) == AVERROR(ENOMEM))
      throw std::bad_alloc{};
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
/// No password of an address gets through.
caf::error failed(ec code, const std::string& what, int rc,
                  const std::string& remedy);

/// Returns `f()`, or the error of a memory that is exhausted.
template <class F>
auto guarded(const char* what, F f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return failed(ec::codec, what, AVERROR(ENOMEM),
                  "free some memory, or raise the limit");
  }
}

} // namespace vpaas::av
