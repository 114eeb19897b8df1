#include "runtime/media/encoder.hpp"

#include "runtime/media/codec_session.hpp"
#include "runtime/media/encoder_backend.hpp"
#include "runtime/media/frame_pool.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace vpaas {

namespace {

caf::error refuse(const std::string& what) {
  return caf::make_error(ec::bad_config,
                         "failed to configure the encoder: " + what);
}

// x264 prints a complaint of its own about any other.
constexpr std::array presets{"ultrafast", "superfast", "veryfast", "faster",
                             "fast",      "medium",    "slow",     "slower",
                             "veryslow",  "placebo"};

bool same_color(color_space a, color_space b) {
  return a.matrix == b.matrix && a.full_range == b.full_range;
}

void attach(AVFrame& x, const std::vector<region_of_interest>& regions) {
  auto size = regions.size() * sizeof(AVRegionOfInterest);
  auto* data = av_frame_new_side_data(&x, AV_FRAME_DATA_REGIONS_OF_INTEREST,
                                      size);
  if (!data)
    return;
  auto* out = reinterpret_cast<AVRegionOfInterest*>(data->data);
  auto at = [](float t, int side) {
    return static_cast<int>(
      std::lround(std::clamp(t, 0.f, 1.f) * static_cast<float>(side)));
  };
  for (auto& r : regions) {
    auto offset = std::lround(std::clamp(r.offset, -1.f, 1.f) * 1000);
    *out++ = {sizeof(AVRegionOfInterest), at(r.where.y0, x.height),
              at(r.where.y1, x.height),   at(r.where.x0, x.width),
              at(r.where.x1, x.width),    {static_cast<int>(offset), 1000}};
  }
}

} // namespace

caf::error encoder_config::validate() const {
  if (qp < 0 || qp > 51)
    return refuse("qp is " + std::to_string(qp) + "; allowed are 0 to 51");
  if (crf > 51)
    return refuse("crf is above 51; allowed are 0 to 51, or -1 for qp");
  if (!(scale >= 0.05f && scale <= 1))
    return refuse("scale is out of range; allowed are 0.05 to 1");
  if (std::find(presets.begin(), presets.end(), preset) == presets.end())
    return refuse("there is no preset \"" + preset
                  + "\"; allowed are ultrafast to placebo");
  if (threads < 1 || threads > 64)
    return refuse("threads is out of range; allowed are 1 to 64");
  return caf::none;
}

int scaled_side(int pixels, float scale) {
  auto half = std::lround(static_cast<float>(pixels) * scale / 2);
  return std::max(16, 2 * static_cast<int>(half));
}

namespace {

codec_parameters described(const AVCodecContext& x) {
  codec_parameters result;
  result.codec = "h264";
  result.width = x.width;
  result.height = x.height;
  result.matrix = x.colorspace;
  result.range = x.color_range;
  return result;
}

} // namespace

struct encoder::impl {
  encoder_config config;
  std::string name;
  std::optional<codec_session> session;
  encoder_config opened_with;
  int width = 0; ///< of the frames of this chunk
  int height = 0;
  color_space color;
  av::scaler_ptr scaler;
  frame_pool pool;
  std::string stream;
  uint64_t seq = 0;
  uint16_t part = 0;

  caf::error open(const frame& x);
  caf::expected<av::frame_ptr> scaled(const frame& x);
};

// Keeps the session of the last chunk where nothing has changed: opening one
// costs as much as a frame.
caf::error encoder::impl::open(const frame& x) {
  if (auto err = config.validate())
    return err;
  if (session && opened_with == config && width == x.width()
      && height == x.height() && same_color(color, x.info().color))
    return caf::none;
  session.reset();
  width = x.width();
  height = x.height();
  color = x.info().color;
  name = config.backend == "auto" ? best_encoder().name : config.backend;
  auto opened = codec_session::open(name, config,
                                    scaled_side(width, config.scale),
                                    scaled_side(height, config.scale), color);
  if (!opened)
    return opened.error();
  session.emplace(std::move(*opened));
  opened_with = config;
  return caf::none;
}

caf::expected<av::frame_ptr> encoder::impl::scaled(const frame& x) {
  auto& target = session->context();
  if (x.width() == target.width && x.height() == target.height) {
    av::frame_ptr same{av::allocated(av_frame_clone(x.pixels().get()))};
    same->format = AV_PIX_FMT_YUV420P;
    return same;
  }
  auto result = pool.take(target.width, target.height);
  if (!result)
    return result;
  scaler.reset(sws_getCachedContext(scaler.release(), x.width(), x.height(),
                                    AV_PIX_FMT_YUV420P, target.width,
                                    target.height, AV_PIX_FMT_YUV420P,
                                    SWS_BILINEAR, nullptr, nullptr, nullptr));
  if (!scaler)
    return av::failed(ec::codec, "scale a frame", AVERROR(ENOSYS),
                      "use another scale");
  auto& from = *x.pixels();
  sws_scale(scaler.get(), from.data, from.linesize, 0, from.height,
            (*result)->data, (*result)->linesize);
  return result;
}

encoder::encoder(encoder_config config) : impl_(std::make_unique<impl>()) {
  impl_->config = std::move(config);
}

encoder::encoder(encoder&&) noexcept = default;

encoder& encoder::operator=(encoder&&) noexcept = default;

encoder::~encoder() = default;

void encoder::begin(std::string stream, uint64_t seq,
                    const encoder_config& config) {
  impl_->config = config;
  begin(std::move(stream), seq);
}

void encoder::begin(std::string stream, uint64_t seq) {
  impl_->stream = std::move(stream);
  impl_->seq = seq;
  impl_->part = 0;
}

bool encoder::fits(const frame& x) const {
  auto& st = *impl_;
  return st.part == 0
         || (st.width == x.width() && st.height == x.height()
             && same_color(st.color, x.info().color));
}

caf::expected<chunk>
encoder::add(const frame& x, const std::vector<region_of_interest>& regions) {
  return av::guarded("encode a frame", [&] { return try_add(x, regions); });
}

caf::expected<chunk>
encoder::try_add(const frame& x,
                 const std::vector<region_of_interest>& regions) {
  auto& st = *impl_;
  if (!x || !fits(x))
    return caf::make_error(ec::bad_input,
                           "failed to encode a frame: its size is not that of "
                           "its chunk; begin another chunk");
  if (st.part == 0)
    if (auto err = st.open(x))
      return err;
  if (!regions.empty() && st.config.crf < 0)
    return refuse("regions of interest do nothing under a constant qp; set "
                  "crf");
  auto picture = st.scaled(x);
  if (!picture)
    return picture.error();
  if (!regions.empty())
    attach(**picture, regions);
  auto coded = st.session->encode(**picture, st.part == 0);
  if (!coded)
    return coded.error();
  auto& p = **coded;
  chunk result;
  result.stream = st.stream;
  result.seq = st.seq;
  result.part = st.part++;
  result.last = false;
  if (result.part == 0)
    result.codec = described(st.session->context());
  result.frames.push_back({x.number(), static_cast<uint32_t>(p.size),
                           x.info().pts_us, x.info().captured,
                           x.info().damaged});
  result.bytes = blob{{p.data, p.data + p.size}};
  return result;
}

const std::string& encoder::backend() const {
  return impl_->name;
}

} // namespace vpaas
