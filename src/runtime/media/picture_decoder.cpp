#include "runtime/media/picture_decoder.hpp"

#include "runtime/pulse.hpp"

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

#include <cstring>

namespace vpaas {

namespace {

constexpr auto remedy = "check the source, or record it in another codec";

bool set_extradata(AVCodecContext& x, const blob& bytes) {
  if (bytes.empty())
    return true;
  auto size = bytes.size();
  auto* copy = av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE);
  if (!copy)
    return false;
  std::memcpy(copy, bytes.data(), size);
  x.extradata = static_cast<uint8_t*>(copy);
  x.extradata_size = static_cast<int>(size);
  return true;
}

bool is_yuv420(int format) {
  return format == AV_PIX_FMT_YUV420P || format == AV_PIX_FMT_YUVJ420P;
}

// Copies `from` into `to`, turned clockwise by quarters.
void turn(const uint8_t* from, ptrdiff_t from_stride, int w, int h, uint8_t* to,
          ptrdiff_t to_stride, int32_t degrees) {
  for (int y = 0; y < h; ++y) {
    auto* row = from + y * from_stride;
    for (int x = 0; x < w; ++x) {
      auto tx = degrees == 90 ? h - 1 - y : degrees == 180 ? w - 1 - x : y;
      auto ty = degrees == 90 ? x : degrees == 180 ? h - 1 - y : w - 1 - x;
      to[ty * to_stride + tx] = row[x];
    }
  }
}

} // namespace

caf::expected<picture_decoder>
picture_decoder::open(const codec_parameters& codec, int threads) {
  av::quiet();
  av::forget_log();
  auto what = "open a decoder for " + codec.codec;
  auto* descriptor = avcodec_descriptor_get_by_name(codec.codec.c_str());
  auto* found = descriptor ? avcodec_find_decoder(descriptor->id) : nullptr;
  if (!found || found->type != AVMEDIA_TYPE_VIDEO)
    return av::failed(ec::codec, what, AVERROR_DECODER_NOT_FOUND, remedy);
  picture_decoder result;
  result.codec_ = codec;
  result.context_.reset(avcodec_alloc_context3(found));
  auto& x = *result.context_;
  x.width = codec.width;
  x.height = codec.height;
  x.pix_fmt = av_get_pix_fmt(codec.pixel_format.c_str());
  x.thread_count = threads;
  x.max_pixels = max_pixels;
  x.pkt_timebase = {1, 1'000'000};
  if (!set_extradata(x, codec.extradata))
    return av::failed(ec::codec, what, AVERROR(ENOMEM), "free some memory");
  if (auto rc = avcodec_open2(&x, found, nullptr); rc < 0)
    return av::failed(ec::codec, what, rc, remedy);
  return result;
}

caf::error picture_decoder::send(const uint8_t* data, size_t size, int64_t id) {
  beat(); // one picture is one step
  av::forget_log();
  av_packet_unref(packet_.get());
  // A copy, because FFmpeg wants zeros behind the bytes.
  auto rc = av_new_packet(packet_.get(), static_cast<int>(size));
  if (rc < 0)
    return av::failed(ec::codec, "decode " + subject_, rc, "free some memory");
  std::memcpy(packet_->data, data, size);
  packet_->pts = id;
  rc = avcodec_send_packet(context_.get(), packet_.get());
  if (rc < 0)
    return av::failed(ec::codec, "decode " + subject_, rc, remedy);
  return caf::none;
}

void picture_decoder::drain() {
  avcodec_send_packet(context_.get(), nullptr);
}

void picture_decoder::reset() {
  avcodec_flush_buffers(context_.get());
}

caf::expected<std::optional<av::frame_ptr>> picture_decoder::receive() {
  auto rc = avcodec_receive_frame(context_.get(), spare_.get());
  if (rc == AVERROR(EAGAIN) || rc == AVERROR_EOF)
    return std::optional<av::frame_ptr>{};
  if (rc < 0)
    return av::failed(ec::codec, "decode " + subject_, rc, remedy);
  return std::optional<av::frame_ptr>{
    std::exchange(spare_, av::frame_ptr{av_frame_alloc()})};
}

bool picture_decoder::damaged(const AVFrame& x) {
  return x.decode_error_flags != 0 || (x.flags & AV_FRAME_FLAG_CORRUPT) != 0;
}

caf::expected<frame> picture_decoder::convert(av::frame_ptr x,
                                              frame_info info) {
  info.color = color_of(*x);
  if (!is_yuv420(x->format)) {
    auto converted = to_yuv420(*x);
    if (!converted)
      return converted.error();
    x = std::move(*converted);
  }
  if (codec_.rotation != 0) {
    auto upright = turned(*x);
    if (!upright)
      return upright.error();
    x = std::move(*upright);
  }
  return share(std::move(x), info);
}

// Where neither stream nor container states a matrix, high definition is
// BT.709 and the rest BT.601, as players assume.
color_space picture_decoder::color_of(const AVFrame& x) const {
  auto matrix = x.colorspace != AVCOL_SPC_UNSPECIFIED
                  ? x.colorspace
                  : static_cast<AVColorSpace>(codec_.matrix);
  auto range = x.color_range != AVCOL_RANGE_UNSPECIFIED
                 ? x.color_range
                 : static_cast<AVColorRange>(codec_.range);
  color_space result;
  result.full_range = range == AVCOL_RANGE_JPEG
                      || (range == AVCOL_RANGE_UNSPECIFIED
                          && x.format == AV_PIX_FMT_YUVJ420P);
  auto high = x.width >= 1280 || x.height > 576;
  if (matrix == AVCOL_SPC_BT2020_NCL || matrix == AVCOL_SPC_BT2020_CL)
    result.matrix = color_matrix::bt2020;
  else if (matrix == AVCOL_SPC_BT709
           || (matrix == AVCOL_SPC_UNSPECIFIED && high))
    result.matrix = color_matrix::bt709;
  else
    result.matrix = color_matrix::bt601;
  return result;
}

caf::expected<av::frame_ptr> picture_decoder::to_yuv420(const AVFrame& x) {
  auto result = pool_.take(x.width, x.height);
  if (!result)
    return result;
  auto* scaler = sws_getCachedContext(scaler_.release(), x.width, x.height,
                                      static_cast<AVPixelFormat>(x.format),
                                      x.width, x.height, AV_PIX_FMT_YUV420P,
                                      SWS_BILINEAR, nullptr, nullptr, nullptr);
  scaler_.reset(scaler);
  if (!scaler)
    return av::failed(ec::codec, "convert a picture to YUV 4:2:0",
                      AVERROR(ENOSYS), remedy);
  auto color = color_of(x);
  auto* matrix = sws_getCoefficients(
    color.matrix == color_matrix::bt709    ? SWS_CS_ITU709
    : color.matrix == color_matrix::bt2020 ? SWS_CS_BT2020
                                           : SWS_CS_ITU601);
  // The same range and matrix on both sides: only the sampling changes.
  sws_setColorspaceDetails(scaler, matrix, color.full_range, matrix,
                           color.full_range, 0, 1 << 16, 1 << 16);
  sws_scale(scaler, x.data, x.linesize, 0, x.height, (*result)->data,
            (*result)->linesize);
  return result;
}

caf::expected<av::frame_ptr> picture_decoder::turned(const AVFrame& x) {
  auto swap = codec_.rotation != 180;
  auto result = swap ? pool_.take(x.height, x.width)
                     : pool_.take(x.width, x.height);
  if (!result)
    return result;
  for (int i = 0; i < 3; ++i) {
    auto w = i == 0 ? x.width : (x.width + 1) / 2;
    auto h = i == 0 ? x.height : (x.height + 1) / 2;
    turn(x.data[i], x.linesize[i], w, h, (*result)->data[i],
         (*result)->linesize[i], codec_.rotation);
  }
  return result;
}

} // namespace vpaas
