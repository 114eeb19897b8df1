#include "runtime/media/source.hpp"

#include "runtime/media/av.hpp"
#include "runtime/media/packet_input.hpp"
#include "runtime/media/synthetic.hpp"

extern "C" {
#include <libavdevice/avdevice.h>
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>

namespace vpaas {

namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr AVRational microsecond{1, 1'000'000};

bool has_prefix(const std::string& x, const char* prefix) {
  return x.rfind(prefix, 0) == 0;
}

bool is_device(const source_config& config) {
  return has_prefix(config.url, "/dev/") || config.format == "v4l2";
}

// A file over HTTP can wait for its reader; these cannot.
bool sends_by_itself(const source_config& config) {
  return is_device(config) || has_prefix(config.url, "rtsp")
         || has_prefix(config.url, "udp:") || has_prefix(config.url, "rtp:");
}

std::string microseconds_text(caf::timespan x) {
  return std::to_string(std::chrono::duration_cast<microseconds>(x).count());
}

int32_t rotation_of(const AVStream& stream) {
  auto* matrix = reinterpret_cast<const int32_t*>(
    av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (!matrix)
    return 0;
  // FFmpeg gives counter-clockwise degrees; NaN for a singular matrix.
  auto degrees = -av_display_rotation_get(matrix);
  if (!std::isfinite(degrees))
    return 0;
  auto quarter = static_cast<int32_t>(std::lround(degrees / 90)) % 4;
  return (quarter + 4) % 4 * 90;
}

codec_parameters describe(const AVStream& stream) {
  auto& par = *stream.codecpar;
  codec_parameters result;
  result.codec = avcodec_get_name(par.codec_id);
  result.width = par.width;
  result.height = par.height;
  if (par.codec_id == AV_CODEC_ID_RAWVIDEO)
    if (auto* name
        = av_get_pix_fmt_name(static_cast<AVPixelFormat>(par.format)))
      result.pixel_format = name;
  result.rotation = rotation_of(stream);
  result.matrix = par.color_space;
  result.range = par.color_range;
  auto rate = stream.avg_frame_rate;
  result.fps = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
  if (par.extradata_size > 0)
    result.extradata
      = blob{{par.extradata, par.extradata + par.extradata_size}};
  return result;
}

/// What FFmpeg opens: a file, an address or a device.
class opened_input : public packet_input {
public:
  opened_input(source_config config, cancel_flag cancel)
    : config(std::move(config)), cancel(std::move(cancel)) {
    // nop
  }

  caf::error open();

  const codec_parameters& codec() const override {
    return described;
  }

  uint32_t reorder_depth() const override {
    return static_cast<uint32_t>(
      std::clamp(stream->codecpar->video_delay, 0, 16));
  }

  bool live() const override {
    return config.real_time || sends_by_itself(config);
  }

  bool finite() const override {
    return !config.loop && !sends_by_itself(config);
  }

  caf::expected<std::optional<packet_view>> read() override;

private:
  source_config config;
  cancel_flag cancel;
  av::input_ptr input;
  av::packet_ptr packet{av_packet_alloc()};
  AVStream* stream = nullptr;
  codec_parameters described;
  steady_clock::time_point give_up;
  // Looping: what to add to the times of this round, and where it ends.
  int64_t shift_us = 0;
  int64_t end_us = 0;
  bool read_any = false;
  pace real_time; ///< of a file

  bool cancelled() const {
    return cancel && *cancel;
  }

  static int interrupted(void* self) {
    auto* x = static_cast<opened_input*>(self);
    return x->cancelled() || steady_clock::now() >= x->give_up;
  }

  caf::error fail(const std::string& what, int rc) const {
    if (cancelled())
      return caf::make_error(ec::cancelled,
                             "failed to " + what + ": it was stopped");
    if (rc == AVERROR_EXIT)
      rc = AVERROR(ETIMEDOUT);
    return av::failed(ec::io, what, rc, "check that the source is sending");
  }

  void set_options(av::options& options) const;
  caf::error open_input();
  caf::error find_video();
  bool rewind();
  packet_view view();
};

void opened_input::set_options(av::options& options) const {
  auto stall = microseconds_text(config.stall_timeout);
  if (has_prefix(config.url, "rtsp")) {
    options.set("rtsp_transport", to_string(config.transport));
    options.set("timeout", stall);
  } else if (has_prefix(config.url, "http")) {
    options.set("rw_timeout", stall);
  }
}

caf::error opened_input::open_input() {
  av::options options;
  set_options(options);
  auto what = "open " + config.url;
  auto* format = config.format.empty()
                   ? (is_device(config) ? av_find_input_format("v4l2")
                                        : nullptr)
                   : av_find_input_format(config.format.c_str());
  if (!config.format.empty() && !format)
    return caf::make_error(ec::bad_config,
                           "failed to " + what + ": no input format \""
                             + config.format + "\"; leave it empty");
  auto* context = avformat_alloc_context();
  context->interrupt_callback = {interrupted, this};
  give_up = steady_clock::now() + config.open_timeout;
  // Frees the context where it fails.
  auto rc = avformat_open_input(&context, config.url.c_str(), format,
                                options.get());
  if (rc < 0)
    return fail(what, rc);
  input.reset(context);
  if (sends_by_itself(config)) {
    // What is known of a stream stands in its description and first picture;
    // by default FFmpeg would listen for many seconds to guess its rate.
    context->max_analyze_duration = 500'000; // microseconds
    context->fps_probe_size = 0;
  }
  if (rc = avformat_find_stream_info(context, nullptr); rc < 0)
    return fail(what, rc);
  return caf::none;
}

caf::error opened_input::find_video() {
  for (unsigned i = 0; i < input->nb_streams; ++i) {
    auto* x = input->streams[i];
    auto wanted = !stream && x->codecpar->codec_type == AVMEDIA_TYPE_VIDEO
                  && !(x->disposition & AV_DISPOSITION_ATTACHED_PIC)
                  && x->codecpar->codec_id != AV_CODEC_ID_NONE;
    x->discard = wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    if (wanted)
      stream = x;
  }
  if (!stream)
    return caf::make_error(ec::codec, "failed to open " + config.url
                                        + ": it has no video stream; name a "
                                          "source with pictures");
  described = describe(*stream);
  return caf::none;
}

caf::error opened_input::open() {
  static std::once_flag once;
  std::call_once(once, [] {
    avdevice_register_all();
    avformat_network_init();
  });
  if (auto err = open_input())
    return err;
  return find_video();
}

bool opened_input::rewind() {
  if (!config.loop || !read_any)
    return false;
  auto start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
  if (av_seek_frame(input.get(), stream->index, start, AVSEEK_FLAG_BACKWARD) < 0
      && av_seek_frame(input.get(), -1, 0, AVSEEK_FLAG_BYTE) < 0)
    return false;
  shift_us = end_us;
  read_any = false;
  return true;
}

packet_view opened_input::view() {
  auto& x = *packet;
  auto scale = [this](int64_t t) {
    auto us = t == AV_NOPTS_VALUE
                ? no_time
                : av_rescale_q(t, stream->time_base, microsecond);
    constexpr int64_t limit = int64_t{1} << 53; // 300 years: damage
    return us > -limit && us < limit ? us + shift_us : no_time;
  };
  packet_view result{x.data, static_cast<size_t>(x.size),
                     (x.flags & AV_PKT_FLAG_KEY) != 0, scale(x.pts),
                     scale(x.dts)};
  auto length = av_rescale_q(x.duration, stream->time_base, microsecond);
  auto shown = std::max(result.pts_us, result.dts_us);
  if (shown != no_time)
    end_us = std::max(end_us,
                      shown + std::clamp<int64_t>(length, 1, 10'000'000));
  read_any = true;
  return result;
}

caf::expected<std::optional<packet_view>> opened_input::read() {
  av::forget_log();
  give_up = steady_clock::now() + config.stall_timeout;
  for (;;) {
    av_packet_unref(packet.get());
    auto rc = av_read_frame(input.get(), packet.get());
    if (rc == AVERROR_EOF && rewind())
      continue;
    if (rc == AVERROR_EOF)
      return std::optional<packet_view>{};
    if (rc < 0)
      return fail("read " + config.url, rc);
    if (packet->stream_index == stream->index && packet->size > 0)
      break;
  }
  auto result = view();
  auto time = result.dts_us != no_time ? result.dts_us : result.pts_us;
  if (config.real_time && time != no_time) {
    real_time.wait(time, cancel);
    if (cancelled())
      return fail("read " + config.url, AVERROR_EXIT);
  }
  return std::optional<packet_view>{result};
}

} // namespace

source::source(std::unique_ptr<packet_input> x) : input_(std::move(x)) {
  // nop
}

source::source(source&&) noexcept = default;

source& source::operator=(source&&) noexcept = default;

source::~source() = default;

caf::expected<source> source::open(source_config config, cancel_flag cancel) {
  av::quiet();
  av::forget_log();
  if (is_synthetic(config.url)) {
    auto x = open_synthetic(config, std::move(cancel));
    if (!x)
      return x.error();
    return source{std::move(*x)};
  }
  auto x = std::make_unique<opened_input>(std::move(config), std::move(cancel));
  if (auto err = x->open())
    return err;
  return source{std::move(x)};
}

const codec_parameters& source::codec() const {
  return input_->codec();
}

uint32_t source::reorder_depth() const {
  return input_->reorder_depth();
}

bool source::live() const {
  return input_->live();
}

bool source::finite() const {
  return input_->finite();
}

caf::expected<std::optional<packet_view>> source::read() {
  return input_->read();
}

} // namespace vpaas
