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

bool is_yuv420(int format) {
  return format == AV_PIX_FMT_YUV420P || format == AV_PIX_FMT_YUVJ420P;
}

// Copies a component of `w` by `h` samples into `to`, turned.
void turn(const uint8_t* from, ptrdiff_t from_stride, int w, int h, uint8_t* to,
          ptrdiff_t to_stride, const orientation& how) {
  auto columns = how.transposed ? h : w;
  auto rows = how.transposed ? w : h;
  for (int y = 0; y < h; ++y) {
    auto* row = from + y * from_stride;
    for (int x = 0; x < w; ++x) {
      auto tx = how.transposed ? y : x;
      auto ty = how.transposed ? x : y;
      tx = how.flip_x ? columns - 1 - tx : tx;
      ty = how.flip_y ? rows - 1 - ty : ty;
      to[ty * to_stride + tx] = row[x];
    }
  }
}

} // namespace

caf::expected<picture_decoder>
picture_decoder::open(const codec_parameters& codec, int threads) {
  return av::guarded("open a decoder",
                     [&] { return try_open(codec, threads); });
}

caf::expected<picture_decoder>
picture_decoder::try_open(const codec_parameters& codec, int threads) {
  av::quiet();
  av::forget_log();
  auto what = "open a decoder for " + codec.codec;
  auto* descriptor = avcodec_descriptor_get_by_name(codec.codec.c_str());
  auto* found = descriptor ? avcodec_find_decoder(descriptor->id) : nullptr;
  if (!found || found->type != AVMEDIA_TYPE_VIDEO)
    return av::failed(ec::codec, what, AVERROR_DECODER_NOT_FOUND, remedy);
  picture_decoder result;
  result.codec_ = codec;
  result.orientation_ = orientation_of(codec);
  result.context_ = av::make_codec(found);
  auto& x = *result.context_;
  x.width = codec.width;
  x.height = codec.height;
  x.pix_fmt = av_get_pix_fmt(codec.pixel_format.c_str());
  x.thread_count = threads;
  x.max_pixels = max_pixels;
  x.pkt_timebase = {1, 1'000'000};
  x.has_b_frames = codec.reorder_depth;
  auto& sets = codec.extradata;
  if (!sets.empty()) {
    x.extradata = av::padded_copy(sets.data(), sets.size());
    x.extradata_size = static_cast<int>(sets.size());
  }
  if (auto rc = avcodec_open2(&x, found, nullptr); rc < 0)
    return av::failed(ec::codec, what, rc, remedy);
  return result;
}

caf::error picture_decoder::send(const uint8_t* data, size_t size, int64_t id,
                                 int64_t dts_us) {
  beat(); // one picture is one step
  av::forget_log();
  // A copy, because FFmpeg wants zeros behind the bytes.
  av::fill(*packet_, data, size);
  packet_->pts = id;
  packet_->dts = dts_us;
  auto rc = avcodec_send_packet(context_.get(), packet_.get());
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
  look_for_orientation(*spare_);
  return std::optional<av::frame_ptr>{std::exchange(spare_, av::make_frame())};
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
  if (!orientation_.upright()) {
    auto upright = turned(*x, orientation_);
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

// What the stream itself says of a picture stands above the container, and
// holds for those after it (H.264 D.2.27, HEVC D.2.17).
void picture_decoder::look_for_orientation(const AVFrame& x) {
  auto* side = av_frame_get_side_data(&x, AV_FRAME_DATA_DISPLAYMATRIX);
  if (side && side->size >= 9 * sizeof(int32_t))
    orientation_ = orientation_of(reinterpret_cast<const int32_t*>(side->data));
}

caf::expected<av::frame_ptr> picture_decoder::turned(const AVFrame& x,
                                                     const orientation& how) {
  auto result = how.transposed ? pool_.take(x.height, x.width)
                               : pool_.take(x.width, x.height);
  if (!result)
    return result;
  for (int i = 0; i < 3; ++i) {
    auto w = i == 0 ? x.width : (x.width + 1) / 2;
    auto h = i == 0 ? x.height : (x.height + 1) / 2;
    turn(x.data[i], x.linesize[i], w, h, (*result)->data[i],
         (*result)->linesize[i], how);
  }
  return result;
}

} // namespace vpaas
