#include "runtime/media/ffmpeg_input.hpp"

#include "runtime/media/orientation.hpp"
#include "runtime/media/source_place.hpp"
#include "runtime/media/stream_details.hpp"

extern "C" {
#include <libavdevice/avdevice.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <chrono>
#include <mutex>

namespace vpaas {

namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr AVRational microsecond{1, 1'000'000};

// The source may fall silent for so many of its usual waits.
constexpr int silences = 4;
constexpr caf::timespan most_patience = std::chrono::minutes{10};

// Beyond this a source is not waited for to guess what it does not say.
constexpr caf::timespan slow = std::chrono::seconds{4};

// Pictures after which the pace of a source is known.
constexpr int known_after = 3;

// The fields that a decoder wants; `fps` where it is no guess.
codec_parameters describe(const AVStream& stream, bool rate_known) {
  auto& par = *stream.codecpar;
  codec_parameters result;
  result.codec = avcodec_get_name(par.codec_id);
  result.width = par.width;
  result.height = par.height;
  if (par.codec_id == AV_CODEC_ID_RAWVIDEO)
    if (auto* name
        = av_get_pix_fmt_name(static_cast<AVPixelFormat>(par.format)))
      result.pixel_format = name;
  if (auto* matrix = reinterpret_cast<const int32_t*>(
        av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr)))
    set_orientation(result, orientation_of(matrix));
  result.reorder_depth
    = static_cast<uint8_t>(std::clamp(par.video_delay, 0, 16));
  result.matrix = par.color_space;
  result.range = par.color_range;
  auto rate = stream.avg_frame_rate;
  if (rate_known && rate.num > 0 && rate.den > 0)
    result.fps = av_q2d(rate);
  if (par.extradata_size > 0)
    result.extradata
      = blob{{par.extradata, par.extradata + par.extradata_size}};
  return result;
}

/// What FFmpeg opens.
class opened_input : public packet_input {
public:
  opened_input(source_config config, cancel_flag cancel)
    : config_(std::move(config)), cancel_(std::move(cancel)),
      wait_(config_.usual_wait) {
    // nop
  }

  caf::error open();

  const codec_parameters& codec() const override {
    return described_;
  }

  std::shared_ptr<const stream_details> details() const override;

  uint32_t reorder_depth() const override {
    return static_cast<uint32_t>(described_.reorder_depth);
  }

  bool live() const override {
    return config_.real_time || place_.live;
  }

  bool finite() const override {
    return !config_.loop && !place_.live;
  }

  bool paced() const override {
    return config_.real_time;
  }

  caf::timespan patience() const override {
    auto least = pictures_ < known_after
                   ? std::max(config_.open_timeout, config_.stall_timeout)
                   : config_.stall_timeout;
    return std::clamp(silences * wait_, least, std::max(least, most_patience));
  }

  caf::expected<std::optional<packet_view>> read() override;

private:
  static int interrupted(void* self);
  caf::error fail(const std::string& what, int rc) const;
  const AVInputFormat* format() const;
  caf::error open_context();
  caf::error probe();
  void settle_place();
  caf::error find_video();
  bool rewind();
  int next_packet();
  void note_wait(steady_clock::time_point from);
  bool changed();
  packet_view view();
  void stamp(packet_view& x);

  source_config config_;
  cancel_flag cancel_;
  source_place place_;
  named_pipe pipe_;
  av::input_ptr input_;
  av::packet_ptr packet_ = av::make_packet();
  AVStream* stream_ = nullptr;
  codec_parameters described_;
  bool timeless_ = false; ///< live, and the times are made up
  steady_clock::time_point give_up_;
  steady_clock::time_point opened_at_ = steady_clock::now();
  // The pace of the source.
  int pictures_ = 0;
  caf::timespan wait_;
  // Looping: what to add to the times of this round, and where it ends.
  int64_t shift_us_ = 0;
  int64_t end_us_ = 0;
  bool read_any_ = false;
};

std::shared_ptr<const stream_details> opened_input::details() const {
  auto result = std::make_shared<stream_details>();
  if (avcodec_parameters_copy(result->parameters.get(), stream_->codecpar) < 0)
    throw std::bad_alloc{};
  size_t size = 0;
  if (auto* matrix = av_stream_get_side_data(stream_, AV_PKT_DATA_DISPLAYMATRIX,
                                             &size))
    result->display_matrix.assign(matrix, matrix + size);
  return result;
}

int opened_input::interrupted(void* self) {
  auto* x = static_cast<opened_input*>(self);
  return (x->cancel_ && *x->cancel_) || steady_clock::now() >= x->give_up_;
}

caf::error opened_input::fail(const std::string& what, int rc) const {
  auto text = what + " " + to_string(config_.url);
  if (cancel_ && *cancel_)
    return caf::make_error(ec::cancelled,
                           "failed to " + text + ": it was stopped");
  auto why = trouble_of_code(rc);
  if (rc == AVERROR_EXIT || rc == AVERROR(ETIMEDOUT)) {
    rc = AVERROR(ETIMEDOUT);
    why = input_ ? trouble::stalled : trouble::unreachable;
  }
  if (input_ && why == trouble::unreachable)
    why = trouble::broken; // it was reached
  return with_trouble(av::failed(ec::io, text, rc, remedy_for(why)), why);
}

const AVInputFormat* opened_input::format() const {
  if (!config_.format.empty())
    return av_find_input_format(config_.format.c_str());
  return is_device(config_) ? av_find_input_format("v4l2") : nullptr;
}

caf::error opened_input::open_context() {
  auto* wanted = format();
  if (!config_.format.empty() && !wanted)
    return caf::make_error(ec::bad_config,
                           "failed to open " + to_string(config_.url)
                             + ": no input format \"" + config_.format
                             + "\"; leave it empty");
  if (config_.url.scheme().empty() && named_pipe::is_at(config_.url.whole())) {
    if (auto err = pipe_.open(config_.url.whole(), config_.open_timeout,
                              cancel_))
      return err;
    place_.url = "pipe:" + std::to_string(pipe_.descriptor());
  }
  av::options options;
  if (place_.rtsp)
    options.set("rtsp_transport", to_string(config_.transport));
  if (!wanted || (wanted->flags & AVFMT_NOFILE) == 0)
    options.set("protocol_whitelist", place_.allowed);
  auto* context = av::allocated(avformat_alloc_context());
  context->interrupt_callback = {interrupted, this};
  give_up_ = steady_clock::now() + config_.open_timeout;
  // Frees the context where it fails.
  auto rc = avformat_open_input(&context, place_.url.c_str(), wanted,
                                options.get());
  if (rc < 0)
    return fail("open", rc);
  input_.reset(context);
  return caf::none;
}

// Over HTTP a file has a length, or at least a duration, and a camera has
// neither; a live playlist has no duration. The one in the header of FLV is
// whatever the sender once wrote there.
void opened_input::settle_place() {
  auto& x = *input_;
  std::string name = x.iformat->name;
  auto lasts = x.duration > 0 && name != "flv";
  if (place_.http)
    place_.live = !lasts
                  && (name == "mpjpeg" || name == "hls" || !x.pb
                      || (x.pb->seekable == 0 && avio_size(x.pb) <= 0));
  auto made_up = (x.iformat->flags & AVFMT_NOTIMESTAMPS) != 0
                 || name == "mpjpeg";
  timeless_ = place_.live && made_up && !is_device(config_);
}

caf::error opened_input::probe() {
  if (timeless_ && input_->nb_streams > 0)
    return caf::none; // what is read now would come with wrong times
  if (place_.live) {
    // What is known of a stream stands in its description and first picture;
    // by default FFmpeg would listen for many seconds to guess its rate.
    input_->max_analyze_duration = 500'000; // microseconds
    input_->fps_probe_size = 0;
    if (config_.usual_wait > slow)
      input_->probesize = 32; // one picture tells enough
  }
  auto rc = avformat_find_stream_info(input_.get(), nullptr);
  return rc < 0 ? fail("open", rc) : caf::error{};
}

caf::error opened_input::find_video() {
  for (unsigned i = 0; i < input_->nb_streams; ++i) {
    auto* x = input_->streams[i];
    auto wanted = !stream_ && x->codecpar->codec_type == AVMEDIA_TYPE_VIDEO
                  && !(x->disposition & AV_DISPOSITION_ATTACHED_PIC)
                  && x->codecpar->codec_id != AV_CODEC_ID_NONE;
    x->discard = wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    if (wanted)
      stream_ = x;
  }
  if (!stream_)
    return caf::make_error(ec::codec, "failed to open " + to_string(config_.url)
                                        + ": it has no video stream; name a "
                                          "source with pictures");
  described_ = describe(*stream_, !timeless_);
  return caf::none;
}

caf::error opened_input::open() {
  static std::once_flag once;
  std::call_once(once, [] {
    avdevice_register_all();
    avformat_network_init();
  });
  auto place = place_of(config_);
  if (!place)
    return place.error();
  place_ = std::move(*place);
  if (auto err = open_context())
    return err;
  settle_place();
  if (auto err = probe())
    return err;
  settle_place(); // a duration may be known now
  return find_video();
}

bool opened_input::rewind() {
  if (!config_.loop || !read_any_)
    return false;
  auto start = stream_->start_time == AV_NOPTS_VALUE ? 0 : stream_->start_time;
  if (av_seek_frame(input_.get(), stream_->index, start, AVSEEK_FLAG_BACKWARD)
        < 0
      && av_seek_frame(input_.get(), -1, 0, AVSEEK_FLAG_BYTE) < 0)
    return false;
  shift_us_ = end_us_;
  read_any_ = false;
  return true;
}

// Returns whether decoders must know something new from this packet on.
bool opened_input::changed() {
  size_t size = 0;
  auto* bytes = av_packet_get_side_data(packet_.get(),
                                        AV_PKT_DATA_NEW_EXTRADATA, &size);
  if (!bytes || size == 0)
    return false;
  blob fresh{{bytes, bytes + size}};
  if (fresh == described_.extradata)
    return false;
  described_.extradata = std::move(fresh);
  // The pictures themselves say it: the container's size is that of the first.
  described_.width = described_.height = 0;
  return true;
}

// What has no times of its own has that of its arrival.
void opened_input::stamp(packet_view& x) {
  if (!timeless_)
    return;
  auto time = std::chrono::duration_cast<microseconds>(steady_clock::now()
                                                       - opened_at_);
  x.pts_us = x.dts_us = time.count();
}

packet_view opened_input::view() {
  auto& x = *packet_;
  auto scale = [this](int64_t t) {
    auto us = t == AV_NOPTS_VALUE
                ? no_time
                : av_rescale_q(t, stream_->time_base, microsecond);
    constexpr int64_t limit = int64_t{1} << 53; // 300 years: damage
    return us > -limit && us < limit ? us + shift_us_ : no_time;
  };
  packet_view result{x.data, static_cast<size_t>(x.size),
                     (x.flags & AV_PKT_FLAG_KEY) != 0, scale(x.pts),
                     scale(x.dts)};
  result.hidden = (x.flags & AV_PKT_FLAG_DISCARD) != 0;
  stamp(result);
  auto length = av_rescale_q(x.duration, stream_->time_base, microsecond);
  auto shown = std::max(result.pts_us, result.dts_us);
  if (shown != no_time)
    end_us_ = std::max(end_us_,
                       shown + std::clamp<int64_t>(length, 1, 10'000'000));
  read_any_ = true;
  if (changed())
    result.changed = &described_;
  return result;
}

int opened_input::next_packet() {
  for (;;) {
    av_packet_unref(packet_.get());
    auto rc = av_read_frame(input_.get(), packet_.get());
    if (rc == AVERROR_EOF && rewind())
      continue;
    if (rc < 0
        || (packet_->stream_index == stream_->index && packet_->size > 0))
      return rc;
  }
}

// Longer waits count at once; what was longer once is forgotten slowly.
void opened_input::note_wait(steady_clock::time_point from) {
  caf::timespan took = steady_clock::now() - from;
  wait_ = std::max(took, wait_ - wait_ / 64);
  ++pictures_;
}

caf::expected<std::optional<packet_view>> opened_input::read() {
  av::forget_log();
  auto from = steady_clock::now();
  give_up_ = from + patience();
  auto rc = next_packet();
  if (rc == AVERROR_EOF)
    return std::optional<packet_view>{};
  if (rc < 0)
    return fail("read", rc);
  note_wait(from);
  return std::optional<packet_view>{view()};
}

} // namespace

caf::expected<std::unique_ptr<packet_input>> open_ffmpeg(source_config config,
                                                         cancel_flag cancel) {
  using result = caf::expected<std::unique_ptr<packet_input>>;
  av::quiet();
  av::forget_log();
  return av::guarded("open a source", [&]() -> result {
    auto x = std::make_unique<opened_input>(std::move(config),
                                            std::move(cancel));
    if (auto err = x->open())
      return err;
    return std::unique_ptr<packet_input>{std::move(x)};
  });
}

} // namespace vpaas
