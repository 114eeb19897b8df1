#include "runtime/media/codec_session.hpp"

#include "runtime/pulse.hpp"

extern "C" {
#include <libavutil/hwcontext.h>
}

#include <cstdio>

namespace vpaas {

namespace {

constexpr auto remedy = "check the encoder's settings, or use libx264";

// Only CRF with adaptive quantisation looks at times: two keyframes a second
// are 1 of 15 at 30 fps (VI-B).
constexpr AVRational frame_time{1, 2};

std::string text(float x) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%g", static_cast<double>(x));
  return buffer;
}

// Under a constant quality x264 would give flat parts more bits, which
// detectors pay for with 0.034 to 0.045 F1 at equal bytes. Regions of interest
// need some of that: they are left out without it.
constexpr auto weak_aq = ":aq-mode=1:aq-strength=0.02";

// One IDR where it is asked for, then P frames; nothing is held back.
void set_x264(av::options& options, const encoder_config& config) {
  std::string params = "scenecut=0:keyint=infinite:bframes=0";
  if (config.flat_qp)
    params += ":ipratio=1";
  options.set("preset", config.preset);
  options.set("tune", "zerolatency");
  options.set("forced-idr", "1");
  if (config.crf >= 0)
    options.set("crf", text(config.crf));
  else
    options.set("qp", std::to_string(config.qp));
  if (config.crf >= 0)
    params += weak_aq;
  options.set("x264-params", params);
}

void set_nvenc(av::options& options, const encoder_config& config) {
  options.set("preset", "p4");
  options.set("tune", "ull");
  options.set("delay", "0");
  options.set("forced-idr", "1");
  options.set("rc", config.crf >= 0 ? "vbr" : "constqp");
  if (config.crf >= 0)
    options.set("cq", text(config.crf));
  else
    options.set("qp", std::to_string(config.qp));
}

void set_vaapi(av::options& options, const encoder_config& config) {
  auto qp = config.crf >= 0 ? static_cast<int>(config.crf) : config.qp;
  options.set("rc_mode", "CQP");
  options.set("qp", std::to_string(qp));
  options.set("async_depth", "1");
}

bool is_vaapi(const AVCodec& x) {
  return std::string{x.name}.find("_vaapi") != std::string::npos;
}

// Pictures for VAAPI live on the device.
int attach_device(AVCodecContext& x) {
  AVBufferRef* raw = nullptr;
  auto rc = av_hwdevice_ctx_create(&raw, AV_HWDEVICE_TYPE_VAAPI, nullptr,
                                   nullptr, 0);
  if (rc < 0)
    return rc;
  av::buffer_ptr device{raw};
  av::buffer_ptr frames{av::allocated(av_hwframe_ctx_alloc(device.get()))};
  auto* about = reinterpret_cast<AVHWFramesContext*>(frames->data);
  about->format = AV_PIX_FMT_VAAPI;
  about->sw_format = AV_PIX_FMT_YUV420P;
  about->width = x.width;
  about->height = x.height;
  about->initial_pool_size = 4;
  if (rc = av_hwframe_ctx_init(frames.get()); rc < 0)
    return rc;
  x.pix_fmt = AV_PIX_FMT_VAAPI;
  x.hw_frames_ctx = frames.release();
  return 0;
}

} // namespace

caf::expected<codec_session>
codec_session::open(const std::string& name, const encoder_config& config,
                    int width, int height, color_space color) {
  av::quiet();
  av::forget_log();
  auto what = "open encoder " + name;
  auto* found = avcodec_find_encoder_by_name(name.c_str());
  if (!found || found->id != AV_CODEC_ID_H264)
    return av::failed(ec::bad_config, what, AVERROR_ENCODER_NOT_FOUND, remedy);
  codec_session result;
  result.context_ = av::make_codec(found);
  auto& x = *result.context_;
  x.width = width;
  x.height = height;
  x.pix_fmt = AV_PIX_FMT_YUV420P;
  x.time_base = frame_time;
  x.framerate = {frame_time.den, frame_time.num};
  x.gop_size = 1 << 20; // an IDR only where it is asked for
  x.max_b_frames = 0;
  x.thread_count = config.threads;
  x.color_range = color.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  x.colorspace = color.matrix == color_matrix::bt709   ? AVCOL_SPC_BT709
                 : color.matrix == color_matrix::bt601 ? AVCOL_SPC_SMPTE170M
                                                       : AVCOL_SPC_BT2020_NCL;
  av::options options;
  if (name == "libx264")
    set_x264(options, config);
  else if (name == "h264_nvenc")
    set_nvenc(options, config);
  else if (is_vaapi(*found))
    set_vaapi(options, config);
  if (is_vaapi(*found))
    if (auto rc = attach_device(x); rc < 0)
      return av::failed(ec::codec, what, rc, remedy);
  if (auto rc = avcodec_open2(&x, found, options.get()); rc < 0)
    return av::failed(ec::codec, what, rc, remedy);
  return result;
}

caf::expected<av::packet_ptr> codec_session::encode(const AVFrame& picture,
                                                    bool idr) {
  beat(); // one picture is one step
  av::forget_log();
  av::frame_ptr input{av::allocated(av_frame_clone(&picture))};
  auto result = av::make_packet();
  input->pts = next_pts_++;
  input->pict_type = idr ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  input->key_frame = idr;
  if (context_->hw_frames_ctx)
    if (auto err = upload(input))
      return err;
  auto rc = avcodec_send_frame(context_.get(), input.get());
  if (rc >= 0)
    rc = avcodec_receive_packet(context_.get(), result.get());
  if (rc < 0)
    return av::failed(ec::codec, "encode a frame", rc, remedy);
  return result;
}

caf::error codec_session::upload(av::frame_ptr& picture) {
  auto target = av::make_frame();
  auto rc = av_hwframe_get_buffer(context_->hw_frames_ctx, target.get(), 0);
  if (rc >= 0)
    rc = av_hwframe_transfer_data(target.get(), picture.get(), 0);
  if (rc >= 0)
    rc = av_frame_copy_props(target.get(), picture.get());
  if (rc < 0)
    return av::failed(ec::codec, "upload a frame", rc, remedy);
  picture = std::move(target);
  return caf::none;
}

} // namespace vpaas
