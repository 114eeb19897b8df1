#include "runtime/media/jpeg.hpp"

#include "runtime/media/av.hpp"
#include "runtime/media/frame_pool.hpp"

#include <algorithm>

namespace vpaas {

namespace {

constexpr auto what = "write a JPEG";
constexpr auto remedy = "give a smaller frame";

// JFIF is BT.601 in full range.
caf::expected<av::frame_ptr> to_jfif(const frame& x) {
  auto& from = *x.pixels();
  auto result = frame_pool{}.take(from.width, from.height);
  if (!result)
    return result;
  av::scaler_ptr scaler{sws_getContext(
    from.width, from.height, AV_PIX_FMT_YUV420P, from.width, from.height,
    AV_PIX_FMT_YUVJ420P, SWS_BILINEAR, nullptr, nullptr, nullptr)};
  if (!scaler)
    return av::failed(ec::codec, what, AVERROR(ENOMEM), remedy);
  auto& color = x.info().color;
  auto* matrix = sws_getCoefficients(
    color.matrix == color_matrix::bt709   ? SWS_CS_ITU709
    : color.matrix == color_matrix::bt601 ? SWS_CS_ITU601
                                          : SWS_CS_BT2020);
  sws_setColorspaceDetails(scaler.get(), matrix, color.full_range,
                           sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16,
                           1 << 16);
  sws_scale(scaler.get(), from.data, from.linesize, 0, from.height,
            (*result)->data, (*result)->linesize);
  (*result)->format = AV_PIX_FMT_YUVJ420P;
  return result;
}

caf::expected<blob> encode(const frame& x, int quality) {
  if (!x)
    return av::failed(ec::bad_input, what, AVERROR(EINVAL),
                      "give a frame with pixels");
  auto picture = to_jfif(x);
  if (!picture)
    return picture.error();
  auto context = av::make_codec(avcodec_find_encoder(AV_CODEC_ID_MJPEG));
  auto packet = av::make_packet();
  // FFmpeg's scale runs from 2 (fine) to 31.
  auto scale = 31 - (std::clamp(quality, 1, 100) - 1) * 29 / 99;
  context->width = (*picture)->width;
  context->height = (*picture)->height;
  context->pix_fmt = AV_PIX_FMT_YUVJ420P;
  context->color_range = AVCOL_RANGE_JPEG;
  context->time_base = {1, 1};
  context->flags |= AV_CODEC_FLAG_QSCALE;
  context->global_quality = FF_QP2LAMBDA * scale;
  (*picture)->quality = context->global_quality;
  (*picture)->pts = 0;
  auto rc = avcodec_open2(context.get(), nullptr, nullptr);
  if (rc >= 0)
    rc = avcodec_send_frame(context.get(), picture->get());
  if (rc >= 0)
    rc = avcodec_receive_packet(context.get(), packet.get());
  if (rc < 0)
    return av::failed(ec::codec, what, rc, remedy);
  return blob{{packet->data, packet->data + packet->size}};
}

} // namespace

caf::expected<blob> to_jpeg(const frame& x, int quality) {
  av::quiet();
  av::forget_log();
  return av::guarded(what, [&] { return encode(x, quality); });
}

} // namespace vpaas
