#include "runtime/media/packet_recorder.hpp"

#include "runtime/media/av.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vpaas {

namespace {

constexpr AVRational microsecond{1, 1'000'000};

struct close_output {
  void operator()(AVFormatContext* x) const {
    if (x->pb)
      avio_closep(&x->pb);
    avformat_free_context(x);
  }
};

int describe(AVCodecParameters& to, const codec_parameters& from) {
  auto* found = avcodec_descriptor_get_by_name(from.codec.c_str());
  if (!found)
    return AVERROR_DECODER_NOT_FOUND;
  to.codec_type = AVMEDIA_TYPE_VIDEO;
  to.codec_id = found->id;
  to.width = from.width;
  to.height = from.height;
  to.color_space = static_cast<AVColorSpace>(from.matrix);
  to.color_range = static_cast<AVColorRange>(from.range);
  auto& sets = from.extradata;
  if (sets.empty())
    return 0;
  to.extradata = static_cast<uint8_t*>(
    av_mallocz(sets.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (!to.extradata)
    return AVERROR(ENOMEM);
  std::memcpy(to.extradata, sets.data(), sets.size());
  to.extradata_size = static_cast<int>(sets.size());
  return 0;
}

} // namespace

struct packet_recorder::impl {
  std::string path;
  double fps = 0;
  std::unique_ptr<AVFormatContext, close_output> file;
  av::packet_ptr packet{av_packet_alloc()};
  uint64_t frames = 0;
  int64_t first_us = no_time;
  int64_t last = -1; ///< decoding time, in the file's own units
  bool finished = false;

  caf::error fail(int rc) const {
    auto unfit = rc == AVERROR_DECODER_NOT_FOUND || rc == AVERROR_INVALIDDATA
                 || rc == AVERROR(EINVAL);
    return av::failed(unfit ? ec::codec : ec::io, "write " + path, rc,
                      "check the folder, the space left, and that MP4 can "
                      "hold the source's codec");
  }
};

packet_recorder::packet_recorder(std::unique_ptr<impl> x)
  : impl_(std::move(x)) {
  // nop
}

packet_recorder::packet_recorder(packet_recorder&&) noexcept = default;

packet_recorder&
packet_recorder::operator=(packet_recorder&&) noexcept = default;

packet_recorder::~packet_recorder() {
  if (impl_)
    finish();
}

caf::expected<packet_recorder>
packet_recorder::open(const std::string& path, const codec_parameters& codec) {
  av::quiet();
  av::forget_log();
  auto x = std::make_unique<impl>();
  x->path = path;
  x->fps = codec.fps > 0 ? codec.fps : 30;
  AVFormatContext* raw = nullptr;
  auto rc = avformat_alloc_output_context2(&raw, nullptr, "mp4", nullptr);
  if (rc < 0)
    return x->fail(rc);
  x->file.reset(raw);
  auto* stream = avformat_new_stream(raw, nullptr);
  if (!stream)
    return x->fail(AVERROR(ENOMEM));
  stream->time_base = microsecond;
  stream->avg_frame_rate = av_d2q(x->fps, 100'000);
  rc = describe(*stream->codecpar, codec);
  if (rc >= 0)
    rc = avio_open(&raw->pb, path.c_str(), AVIO_FLAG_WRITE);
  if (rc >= 0)
    rc = avformat_write_header(raw, nullptr);
  if (rc < 0) {
    x->finished = true; // there is nothing to finish
    return x->fail(rc);
  }
  return packet_recorder{std::move(x)};
}

caf::error packet_recorder::add(const packet_view& x) {
  auto& st = *impl_;
  if (st.frames == 0 && !x.key)
    return caf::none;
  auto shown = x.pts_us != no_time ? x.pts_us : x.dts_us;
  if (shown == no_time)
    shown = std::llround(static_cast<double>(st.frames) * 1e6 / st.fps);
  auto coded = x.dts_us != no_time ? x.dts_us : shown;
  if (st.first_us == no_time)
    st.first_us = coded;
  auto rc = av_new_packet(st.packet.get(), static_cast<int>(x.size));
  if (rc < 0)
    return st.fail(rc);
  std::memcpy(st.packet->data, x.data, x.size);
  auto base = st.file->streams[0]->time_base;
  auto at = [&](int64_t us) {
    return av_rescale_q(us - st.first_us, microsecond, base);
  };
  // Decoding times grow, whatever the source says.
  st.last = std::max(at(coded), st.last + 1);
  st.packet->dts = st.last;
  st.packet->pts = std::max(at(shown), st.last);
  st.packet->duration = std::llround(1e6 / st.fps * base.den / base.num / 1e6);
  st.packet->flags = x.key ? AV_PKT_FLAG_KEY : 0;
  rc = av_write_frame(st.file.get(), st.packet.get());
  av_packet_unref(st.packet.get());
  if (rc < 0)
    return st.fail(rc);
  ++st.frames;
  return caf::none;
}

caf::error packet_recorder::finish() {
  auto& st = *impl_;
  if (std::exchange(st.finished, true))
    return caf::none;
  auto rc = av_write_trailer(st.file.get());
  if (auto closed = avio_closep(&st.file->pb); rc >= 0)
    rc = closed;
  return rc < 0 ? st.fail(rc) : caf::error{};
}

uint64_t packet_recorder::frames() const {
  return impl_->frames;
}

} // namespace vpaas
