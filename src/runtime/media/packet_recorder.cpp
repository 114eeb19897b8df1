#include "runtime/media/packet_recorder.hpp"

#include "runtime/media/bitstream.hpp"
#include "runtime/media/mp4_packets.hpp"
#include "runtime/media/output_file.hpp"
#include "runtime/media/read_back.hpp"
#include "runtime/media/stream_details.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vpaas {

namespace {

constexpr AVRational microsecond{1, 1'000'000};

// a/b.mp4, a/b-2.mp4, ...
std::string numbered(const std::string& path, size_t number) {
  if (number == 1)
    return path;
  auto slash = path.rfind('/');
  auto dot = path.rfind('.');
  if (dot == std::string::npos || (slash != std::string::npos && dot < slash))
    dot = path.size();
  return path.substr(0, dot) + "-" + std::to_string(number) + path.substr(dot);
}

} // namespace

struct packet_recorder::impl {
  std::string path; ///< of the first file
  std::shared_ptr<const stream_details> details;
  std::vector<written_file> written;
  codec_parameters codec; ///< of the file that is open
  double fps = 30;
  output_ptr file;
  av::packet_ptr packet = av::make_packet();
  int64_t pictures = 0; ///< of the file
  int64_t origin_us = no_time;
  int64_t last = 0; ///< decoding time, in the file's own units
  uint64_t frames = 0;

  caf::error fail(int rc) const {
    auto unfit = rc == AVERROR_DECODER_NOT_FOUND || rc == AVERROR_INVALIDDATA
                 || rc == AVERROR(EINVAL) || rc == AVERROR_PATCHWELCOME;
    auto name = written.empty() ? path : written.back().path;
    if (unfit)
      return av::failed(ec::codec, "write " + name, rc,
                        "MP4 cannot hold this source as it is; record "
                        "another one");
    return av::failed(ec::io, "write " + name, rc,
                      "check the folder and the space left");
  }

  int describe(const segment& first, AVCodecParameters& to) const;
  int open(const segment& first);
  int write(const segment& x);
  int write_one(const vpaas::packet& p, int64_t coded, const uint8_t* data);
  int close();
};

int packet_recorder::impl::describe(const segment& first,
                                    AVCodecParameters& to) const {
  auto* found = avcodec_descriptor_get_by_name(codec.codec.c_str());
  if (!found)
    return AVERROR_DECODER_NOT_FOUND;
  if (details && details->parameters->codec_id == found->id)
    if (auto rc = avcodec_parameters_copy(&to, details->parameters.get());
        rc < 0)
      return rc;
  to.codec_type = AVMEDIA_TYPE_VIDEO;
  to.codec_id = found->id;
  to.codec_tag = 0;
  if (!details) {
    to.color_space = static_cast<AVColorSpace>(codec.matrix);
    to.color_range = static_cast<AVColorRange>(codec.range);
  }
  auto fresh = to.width != codec.width || to.height != codec.height;
  to.width = codec.width;
  to.height = codec.height;
  if (fresh || to.width == 0 || to.format < 0)
    look_at_pictures(first, to);
  // Those in the stream stand above what a camera's description says of it.
  auto& sets = codec.extradata;
  auto within = bitstream_rules{codec}.length_size() > 0
                  ? std::vector<uint8_t>{}
                  : sets_within(first);
  if (within.empty())
    set_extradata(to, sets.data(), sets.size());
  else
    set_extradata(to, within.data(), within.size());
  return 0;
}

int packet_recorder::impl::open(const segment& first) {
  codec = first.codec;
  fps = codec.fps > 0 ? codec.fps : 30;
  written.push_back({numbered(path, written.size() + 1), 0, {}});
  pictures = last = 0;
  origin_us = no_time;
  auto rc = make_output(file);
  if (rc < 0)
    return rc;
  auto* stream = av::allocated(avformat_new_stream(file.get(), nullptr));
  stream->time_base = microsecond;
  stream->avg_frame_rate = av_d2q(fps, 100'000);
  rc = describe(first, *stream->codecpar);
  stream->sample_aspect_ratio = stream->codecpar->sample_aspect_ratio;
  if (rc >= 0 && details && !details->display_matrix.empty()) {
    auto size = details->display_matrix.size();
    auto* to = av::allocated(
      av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, size));
    std::memcpy(to, details->display_matrix.data(), size);
  }
  if (rc >= 0)
    rc = avio_open(&file->pb, written.back().path.c_str(), AVIO_FLAG_WRITE);
  if (rc >= 0)
    rc = avformat_write_header(file.get(), nullptr);
  if (rc < 0)
    file.reset(); // there is nothing to finish
  return rc;
}

int packet_recorder::impl::write(const segment& x) {
  auto coded = coding_times(x.packets, fps);
  if (origin_us == no_time) {
    // The first frame that is shown is at 0; hidden ones before it are not.
    auto shown = std::find_if(x.packets.begin(), x.packets.end(),
                              [](auto& p) { return !p.hidden; });
    auto hides = shown != x.packets.begin() && shown != x.packets.end();
    origin_us = hides ? shown->pts_us : coded.front();
    if (origin_us == no_time)
      origin_us = x.packets.front().pts_us;
    for (auto& p : x.packets)
      if (hides && !p.hidden && p.pts_us != no_time)
        origin_us = std::min(origin_us, p.pts_us);
  }
  written.back().ends.take(x);
  auto* data = x.bytes.data();
  for (size_t i = 0; i < x.packets.size(); ++i) {
    if (auto rc = write_one(x.packets[i], coded[i], data); rc < 0)
      return rc;
    data += x.packets[i].size;
  }
  return 0;
}

int packet_recorder::impl::write_one(const vpaas::packet& p, int64_t coded,
                                     const uint8_t* data) {
  auto base = file->streams[0]->time_base;
  auto nominal = static_cast<double>(pictures) * 1e6 / fps;
  auto shown = p.pts_us != no_time ? p.pts_us : coded;
  coded = coded != no_time ? coded : shown;
  auto at = [&](int64_t us) {
    auto since = us == no_time || origin_us == no_time ? std::llround(nominal)
                                                       : us - origin_us;
    return av_rescale_q(since, microsecond, base);
  };
  av::fill(*packet, data, p.size);
  // Decoding times grow, whatever the source says.
  last = pictures == 0 ? at(coded) : std::max(at(coded), last + 1);
  packet->dts = last;
  packet->pts = std::max(at(shown), last);
  packet->duration = std::llround(1.0 / fps * base.den / base.num);
  packet->flags = p.key ? AV_PKT_FLAG_KEY : 0;
  auto rc = av_write_frame(file.get(), packet.get());
  av_packet_unref(packet.get());
  if (rc < 0)
    return rc;
  ++pictures;
  frames += !p.hidden;
  written.back().frames += !p.hidden;
  return 0;
}

int packet_recorder::impl::close() {
  if (!file)
    return 0;
  auto rc = av_write_trailer(file.get());
  if (auto closed = avio_closep(&file->pb); rc >= 0)
    rc = closed;
  file.reset();
  return rc;
}

packet_recorder::packet_recorder(std::string path,
                                 std::shared_ptr<const stream_details> details)
  : impl_(std::make_unique<impl>()) {
  av::quiet();
  impl_->path = std::move(path);
  impl_->details = std::move(details);
}

packet_recorder::packet_recorder(packet_recorder&&) noexcept = default;

packet_recorder&
packet_recorder::operator=(packet_recorder&&) noexcept = default;

packet_recorder::~packet_recorder() {
  if (impl_)
    impl_->close();
}

caf::error packet_recorder::add(const segment& x) {
  auto& st = *impl_;
  av::forget_log();
  if (x.packets.empty())
    return caf::none;
  return av::guarded("write a recording", [&]() -> caf::error {
    int rc = 0;
    if (st.file && st.codec != x.codec)
      rc = st.close();
    if (rc >= 0 && !st.file)
      rc = st.open(x);
    if (rc >= 0)
      rc = st.write(x);
    return rc < 0 ? st.fail(rc) : caf::error{};
  });
}

caf::error packet_recorder::finish() {
  auto& st = *impl_;
  if (auto rc = st.close(); rc < 0)
    return st.fail(rc);
  for (auto& x : st.written)
    if (auto err = read_back(x))
      return err;
  return caf::none;
}

uint64_t packet_recorder::frames() const {
  return impl_->frames;
}

std::vector<std::string> packet_recorder::files() const {
  std::vector<std::string> result;
  for (auto& x : impl_->written)
    result.push_back(x.path);
  return result;
}

} // namespace vpaas
