#include "runtime/media/fragmenter.hpp"

#include "runtime/error.hpp"
#include "runtime/media/bitstream.hpp"
#include "runtime/media/mp4_packets.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vpaas {

namespace {

constexpr AVRational microsecond{1, 1'000'000};

/// A jump of the source's times by more than this is none of the picture's.
constexpr int64_t most_gap_us = 10'000'000;

struct free_memory_output {
  void operator()(AVFormatContext* x) const {
    uint8_t* data = nullptr;
    if (x->pb)
      avio_close_dyn_buf(x->pb, &data);
    av_free(data);
    avformat_free_context(x);
  }
};

using output = std::unique_ptr<AVFormatContext, free_memory_output>;

/// What was written so far; what follows is written from 0 on.
blob take(AVFormatContext& from) {
  uint8_t* data = nullptr;
  auto size = avio_close_dyn_buf(from.pb, &data);
  from.pb = nullptr;
  blob result{{data, data + size}};
  av_free(data);
  if (avio_open_dyn_buf(&from.pb) < 0)
    throw std::bad_alloc{};
  return result;
}

} // namespace

struct fragmenter::muxer {
  output file;
  codec_parameters codec; ///< of the header
  std::string type;
  av::packet_ptr packet = av::make_packet();
  int64_t offset_us = 0; ///< from the source's times to ours
  int64_t last_us = -1;  ///< decoding time of the last picture, ours
  bool begun = false;

  int describe(const segment& first, AVCodecParameters& to);
  int open(const segment& first);
  void align(const segment& x, const std::vector<int64_t>& coded);
  int write(const segment& x, const std::vector<int64_t>& coded,
            std::vector<video_fragment::picture>& shown);
  caf::expected<video_fragment> add(const segment& x);

  int64_t step_us() const {
    return std::llround(1e6 / (codec.fps > 0 ? codec.fps : 30));
  }
};

int fragmenter::muxer::describe(const segment& first, AVCodecParameters& to) {
  auto* found = avcodec_descriptor_get_by_name(codec.codec.c_str());
  if (!found)
    return AVERROR_DECODER_NOT_FOUND;
  to.codec_type = AVMEDIA_TYPE_VIDEO;
  to.codec_id = found->id;
  to.codec_tag = found->id == AV_CODEC_ID_HEVC ? MKTAG('h', 'v', 'c', '1') : 0;
  to.color_space = static_cast<AVColorSpace>(codec.matrix);
  to.color_range = static_cast<AVColorRange>(codec.range);
  to.width = codec.width;
  to.height = codec.height;
  if (to.width == 0 || codec.codec == "vp9" || codec.codec == "av1")
    look_at_pictures(first, to);
  // Those in the stream stand above what a camera's description says of it.
  auto within = bitstream_rules{codec}.length_size() > 0
                  ? std::vector<uint8_t>{}
                  : sets_within(first);
  auto* sets = within.empty() ? codec.extradata.data() : within.data();
  auto size = within.empty() ? codec.extradata.size() : within.size();
  set_extradata(to, sets, size);
  auto word = codec_string(codec.codec, sets, size);
  type = "video/mp4; codecs=\"" + word + "\"";
  return word.empty() || to.width == 0 ? AVERROR_INVALIDDATA : 0;
}

int fragmenter::muxer::open(const segment& first) {
  codec = first.codec;
  AVFormatContext* raw = nullptr;
  auto rc = avformat_alloc_output_context2(&raw, nullptr, "mp4", nullptr);
  file.reset(raw);
  if (rc < 0)
    return rc;
  if (rc = avio_open_dyn_buf(&file->pb); rc < 0)
    return rc;
  file->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
  auto* stream = av::allocated(avformat_new_stream(file.get(), nullptr));
  stream->time_base = microsecond;
  stream->avg_frame_rate = av_d2q(codec.fps > 0 ? codec.fps : 30, 100'000);
  if (rc = describe(first, *stream->codecpar); rc < 0)
    return rc;
  av::options how;
  how.set("movflags", "frag_custom+empty_moov+default_base_moof");
  how.set("use_editlist", "0");
  how.set("video_track_timescale", "90000");
  return avformat_write_header(file.get(), how.get());
}

/// Where the source's times jump, ours go on.
void fragmenter::muxer::align(const segment& x,
                              const std::vector<int64_t>& coded) {
  auto first = coded.front() == no_time ? 0 : coded.front();
  auto next = last_us < 0 ? 0 : last_us + step_us();
  auto gap = first + offset_us - last_us;
  if (!begun || x.discontinuity || gap <= 0 || gap > most_gap_us)
    offset_us = next - first;
  begun = true;
}

int fragmenter::muxer::write(const segment& x,
                             const std::vector<int64_t>& coded,
                             std::vector<video_fragment::picture>& shown) {
  auto base = file->streams[0]->time_base;
  auto* data = x.bytes.data();
  for (size_t i = 0; i < x.packets.size(); ++i) {
    auto& p = x.packets[i];
    auto dts = coded[i] == no_time ? last_us + step_us() : coded[i] + offset_us;
    last_us = dts = std::max(dts, last_us + 1);
    auto pts = std::max(p.pts_us == no_time ? dts : p.pts_us + offset_us, dts);
    av::fill(*packet, data, p.size);
    data += p.size;
    packet->dts = av_rescale_q(dts, microsecond, base);
    packet->pts = av_rescale_q(pts, microsecond, base);
    packet->duration = av_rescale_q(step_us(), microsecond, base);
    packet->flags = p.key ? AV_PKT_FLAG_KEY : 0;
    auto rc = av_write_frame(file.get(), packet.get());
    av_packet_unref(packet.get());
    if (rc < 0)
      return rc;
    if (!p.hidden)
      shown.push_back({0, pts, p.captured});
  }
  std::stable_sort(shown.begin(), shown.end(),
                   [](auto& a, auto& b) { return a.time_us < b.time_us; });
  for (size_t i = 0; i < shown.size(); ++i)
    shown[i].frame = x.first_frame + i;
  return av_write_frame(file.get(), nullptr); // the fragment ends
}

caf::expected<video_fragment> fragmenter::muxer::add(const segment& x) {
  video_fragment result;
  int rc = 0;
  if (!file || codec != x.codec) {
    rc = open(x);
    if (rc >= 0) {
      result.header = take(*file);
      result.type = type;
    }
  }
  auto coded = coding_times(x.packets, codec.fps > 0 ? codec.fps : 30);
  if (rc >= 0) {
    align(x, coded);
    rc = write(x, coded, result.pictures);
  }
  if (rc >= 0) {
    result.bytes = take(*file);
    return result;
  }
  file.reset();
  return av::failed(ec::codec, "show " + x.stream, rc,
                    "MP4 cannot hold this source as it is; single pictures "
                    "are shown");
}

fragmenter::fragmenter() : muxer_(std::make_unique<muxer>()) {
  av::quiet();
}

fragmenter::fragmenter(fragmenter&&) noexcept = default;

fragmenter& fragmenter::operator=(fragmenter&&) noexcept = default;

fragmenter::~fragmenter() = default;

caf::expected<video_fragment> fragmenter::add(const segment& x) {
  av::forget_log();
  if (x.packets.empty())
    return video_fragment{};
  return av::guarded("show a video", [&] { return muxer_->add(x); });
}

} // namespace vpaas
