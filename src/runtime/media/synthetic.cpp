#include "runtime/media/synthetic.hpp"

#include "runtime/media/av.hpp"
#include "runtime/media/frame_pool.hpp"
#include "runtime/vision/street.hpp"

#include <charconv>
#include <cmath>

namespace vpaas {

namespace {

constexpr AVRational microsecond{1, 1'000'000};

constexpr const char* remedy = "check that FFmpeg has libx264";

/// A number where `text` is one; else the text, which the check refuses.
json typed(const std::string& text) {
  double result = 0;
  auto end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, result);
  if (code != std::errc{} || rest != end || !std::isfinite(result))
    return text;
  if (result == std::floor(result) && std::abs(result) < 9e15)
    return static_cast<int64_t>(result);
  return result;
}

caf::error refuse(const std::string& url, const std::string& cause) {
  return caf::make_error(ec::bad_config,
                         "failed to open " + url + ": " + cause);
}

/// Reads "1280x720"; false where it is no size that can be shown.
bool read_size(const std::string& text, street_config& to) {
  auto middle = text.find('x');
  if (middle == std::string::npos)
    return false;
  auto side = [](const char* from, const char* end, int32_t& x) {
    auto [rest, code] = std::from_chars(from, end, x);
    return code == std::errc{} && rest == end && x % 2 == 0;
  };
  auto data = text.data();
  return side(data, data + middle, to.width)
         && side(data + middle + 1, data + text.size(), to.height)
         && to.width >= 160 && to.width <= 3840 && to.height >= 90
         && to.height <= 2160;
}

/// The keys and values behind the question mark.
caf::expected<json> values_of(const std::string& url, size_t from) {
  auto result = json::object();
  while (from < url.size()) {
    auto end = std::min(url.find('&', from), url.size());
    auto pair = url.substr(from, end - from);
    auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return refuse(url, "\"" + pair
                           + "\" is not key=value; write ?seed=7&"
                             "fps=30");
    auto key = pair.substr(0, equals);
    auto value = pair.substr(equals + 1);
    if (result.contains(key))
      return refuse(url, key + " is there twice; write it once");
    result[key] = key == "size" ? json(value) : typed(value);
    from = end + 1;
  }
  return result;
}

/// Draws, encodes, and gives the packets away one by one.
class street_input : public packet_input {
public:
  street_input(const source_config& config, const street_config& scene,
               cancel_flag cancel)
    : config_(config), cancel_(std::move(cancel)), street_(scene) {
    // nop
  }

  caf::error open();

  const codec_parameters& codec() const override {
    return described_;
  }

  uint32_t reorder_depth() const override {
    return 0;
  }

  bool live() const override {
    return config_.real_time || endless();
  }

  bool finite() const override {
    return !config_.loop && !endless();
  }

  bool paced() const override {
    return live();
  }

  caf::timespan patience() const override {
    return config_.stall_timeout;
  }

  caf::expected<std::optional<packet_view>> read() override;

private:
  bool endless() const {
    return street_.config().frames() == 0;
  }

  caf::error encode(uint64_t frame);

  source_config config_;
  cancel_flag cancel_;
  street street_;
  codec_parameters described_;
  av::codec_ptr encoder_;
  frame_pool pool_;
  av::packet_ptr packet_ = av::make_packet();
  uint64_t next_ = 0; ///< number of the next frame, over all rounds
};

caf::error street_input::open() {
  auto& scene = street_.config();
  av::quiet();
  auto* found = avcodec_find_encoder_by_name("libx264");
  if (!found)
    return av::failed(ec::codec, "open " + to_string(config_.url),
                      AVERROR_ENCODER_NOT_FOUND, remedy);
  encoder_ = av::make_codec(found);
  auto& x = *encoder_;
  x.width = scene.width;
  x.height = scene.height;
  x.pix_fmt = AV_PIX_FMT_YUV420P;
  x.time_base = microsecond;
  x.framerate = av_d2q(scene.fps, 100'000);
  x.gop_size = std::max(1, static_cast<int>(std::lround(scene.fps)));
  x.max_b_frames = 0;
  x.thread_count = 1; // the same bits on every machine
  x.color_range = AVCOL_RANGE_MPEG;
  x.colorspace = AVCOL_SPC_BT709;
  x.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av::options options;
  options.set("preset", "veryfast");
  options.set("tune", "zerolatency");
  options.set("crf", "20");
  options.set("forced-idr", "1");
  options.set("x264-params", "scenecut=0");
  if (auto rc = avcodec_open2(&x, nullptr, options.get()); rc < 0)
    return av::failed(ec::codec, "open " + to_string(config_.url), rc, remedy);
  described_.codec = "h264";
  described_.width = scene.width;
  described_.height = scene.height;
  described_.matrix = x.colorspace;
  described_.range = x.color_range;
  described_.fps = scene.fps;
  described_.extradata = blob{{x.extradata, x.extradata + x.extradata_size}};
  return caf::none;
}

caf::error street_input::encode(uint64_t frame) {
  auto& scene = street_.config();
  auto picture = pool_.take(scene.width, scene.height);
  if (!picture)
    return picture.error();
  auto& x = **picture;
  street_.draw(frame,
               {x.data[0], x.data[1], x.data[2], x.linesize[0], x.linesize[1]});
  x.pts = std::llround(static_cast<double>(next_) * 1e6 / scene.fps);
  x.pict_type = frame == 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  auto rc = avcodec_send_frame(encoder_.get(), &x);
  if (rc >= 0)
    rc = avcodec_receive_packet(encoder_.get(), packet_.get());
  if (rc < 0)
    return av::failed(ec::codec, "encode " + to_string(config_.url), rc,
                      remedy);
  return caf::none;
}

caf::expected<std::optional<packet_view>> street_input::read() {
  auto stopped = [this] { return cancel_ && *cancel_; };
  auto frames = street_.config().frames();
  if (!endless() && !config_.loop && next_ >= frames)
    return std::optional<packet_view>{};
  av_packet_unref(packet_.get());
  if (!stopped())
    if (auto err = encode(endless() ? next_ : next_ % frames))
      return err;
  if (stopped())
    return caf::make_error(ec::cancelled, "failed to read "
                                            + to_string(config_.url)
                                            + ": it was stopped");
  ++next_;
  return std::optional{packet_view{
    packet_->data, static_cast<size_t>(packet_->size),
    (packet_->flags & AV_PKT_FLAG_KEY) != 0, packet_->pts, packet_->dts}};
}

} // namespace

bool is_synthetic(const source_address& url) {
  return url.scheme() == "synthetic";
}

parameter_specs street_parameters() {
  return {
    integer("seed", 1, 0, 9e15, "the same shows the same street"),
    text("size", "1280x720", "WIDTHxHEIGHT, even numbers, 160x90 to 3840x2160"),
    number("fps", 30, 1, 120, "frames a second"),
    number("seconds", 60, 0, 1e6, "0: it never ends"),
    number("density", 1, 0, 2, "of the traffic"),
    number("light", 1, .05, 1.2, "1 is noon, 0.3 is dusk"),
    number("blur", 0, 0, 12, "defocus, pixels of a width of 1280"),
    number("colours", 0, 0, 1, "share of objects in new paint"),
    number("drift_at", 0, 0, 1e6, "seconds until light, blur, colours hold"),
    number("new_class_at", -1, -1, 1e6, "seconds; below 0: never"),
    number("noise", 1.2, 0, 20, "of the sensor, levels"),
    number("shadow", .45, 0, 1, "darkness under objects"),
  };
}

caf::expected<street_config> parse_street(const source_address& from) {
  auto& url = from.whole();
  auto question = std::min(url.find('?'), url.size());
  if (!is_synthetic(from) || url.substr(0, question) != "synthetic://street")
    return refuse(url, "no such scene; write synthetic://street?seed=7");
  auto values = values_of(url, question + 1);
  if (!values)
    return values.error();
  auto checked = check(street_parameters(), *values, url);
  if (!checked)
    return checked.error();
  street_config result;
  auto size = checked->get<std::string>("size");
  if (!read_size(size, result))
    return refuse(url, "size is " + size
                         + "; allowed: "
                           "WIDTHxHEIGHT, even "
                           "numbers, 160x90 to 3840x2160");
  result.seed = checked->get<uint64_t>("seed");
  for_each_field(result, [&](const char* name, auto& member) {
    if constexpr (std::is_same_v<std::decay_t<decltype(member)>, double>)
      member = checked->get<double>(name);
  });
  return result;
}

caf::expected<std::unique_ptr<packet_input>>
open_synthetic(const source_config& config, cancel_flag cancel) {
  auto scene = parse_street(config.url);
  if (!scene)
    return scene.error();
  auto result = std::make_unique<street_input>(config, *scene,
                                               std::move(cancel));
  if (auto err = result->open())
    return err;
  return std::unique_ptr<packet_input>{std::move(result)};
}

} // namespace vpaas
