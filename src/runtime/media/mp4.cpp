#include "runtime/media/mp4.hpp"

#include "runtime/media/av.hpp"
#include "runtime/media/bitstream.hpp"
#include "runtime/media/letterbox.hpp"
#include "runtime/media/output_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vpaas {

namespace {

constexpr AVRational microsecond{1, 1'000'000};

// Parameter sets of the first picture, as MP4 wants them apart.
blob::buffer parameter_sets(const uint8_t* data, size_t size) {
  blob::buffer result;
  for_each_nal(data, size, 0, [&](const uint8_t* nal, size_t n) {
    auto type = nal[0] & 31;
    if (type != 7 && type != 8)
      return;
    while (n > 1 && nal[n - 1] == 0)
      --n; // zeroes of the next start code
    result.insert(result.end(), {0, 0, 0, 1});
    result.insert(result.end(), nal, nal + n);
  });
  return result;
}

// What frames without times have: 30 a second, by number.
int64_t time_of(const coded_frame& x) {
  return x.pts_us != no_time ? x.pts_us
                             : static_cast<int64_t>(x.number) * 1'000'000 / 30;
}

/// An MP4 file that grows in memory.
struct memory_file {
  std::unique_ptr<AVFormatContext, av::free_by<avformat_free_context>> context;

  memory_file() = default;
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  ~memory_file() {
    take();
  }

  blob take() {
    if (!context || !context->pb)
      return {};
    uint8_t* bytes = nullptr;
    auto size = avio_close_dyn_buf(std::exchange(context->pb, nullptr), &bytes);
    std::unique_ptr<uint8_t, av::free_by<av_free>> owner{bytes};
    return blob{{bytes, bytes + size}};
  }
};

int open_fragments(memory_file& file, const chunk& x) {
  auto sets = parameter_sets(x.bytes.data(), x.bytes.size());
  if (x.part != 0 || x.frames.empty() || sets.empty())
    return AVERROR_INVALIDDATA;
  AVFormatContext* raw = nullptr;
  auto rc = avformat_alloc_output_context2(&raw, nullptr, "mp4", nullptr);
  if (rc < 0)
    return rc;
  file.context.reset(raw);
  auto* stream = av::allocated(avformat_new_stream(raw, nullptr));
  stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
  stream->codecpar->codec_id = AV_CODEC_ID_H264;
  stream->codecpar->width = x.codec.width;
  stream->codecpar->height = x.codec.height;
  stream->time_base = {1, 90'000};
  stream->codecpar->extradata = av::padded_copy(sets.data(), sets.size());
  stream->codecpar->extradata_size = static_cast<int>(sets.size());
  rc = avio_open_dyn_buf(&raw->pb);
  av::options options;
  options.set("movflags", "frag_keyframe+empty_moov+default_base_moof");
  return rc < 0 ? rc : avformat_write_header(raw, options.get());
}

int write_frames(AVFormatContext& out, const chunk& x) {
  auto packet = av::make_packet();
  size_t offset = 0;
  int64_t last = -1;
  for (auto& f : x.frames) {
    if (f.size > x.bytes.size() - offset)
      return AVERROR_INVALIDDATA;
    av::fill(*packet, x.bytes.data() + offset, f.size);
    auto time = av_rescale_q(time_of(f) - time_of(x.frames.front()),
                             microsecond, out.streams[0]->time_base);
    last = std::max(time, last + 1);
    packet->pts = packet->dts = last;
    packet->flags = offset == 0 ? AV_PKT_FLAG_KEY : 0;
    offset += f.size;
    auto rc = av_write_frame(&out, packet.get());
    av_packet_unref(packet.get());
    if (rc < 0)
      return rc;
  }
  return 0;
}

} // namespace

struct mp4_writer::impl {
  std::string path;
  double fps = 0;
  av::codec_ptr codec;
  output_ptr file;
  av::packet_ptr packet = av::make_packet();
  int64_t frames = 0;
  uint64_t letterboxed = 0;
  int64_t first_us = no_time;
  int64_t last_us = -1;
  bool finished = false;

  caf::error fail(ec code, int rc) const {
    return av::failed(code, "write " + path, rc,
                      "check the folder and the space left");
  }

  caf::error open(const frame& x);
  caf::error encode(const AVFrame* x);
  int64_t time_of(const frame& x);
};

caf::error mp4_writer::impl::open(const frame& x) {
  auto* found = avcodec_find_encoder_by_name("libx264");
  if (!found)
    return fail(ec::codec, AVERROR_ENCODER_NOT_FOUND);
  codec = av::make_codec(found);
  codec->width = x.width();
  codec->height = x.height();
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->color_range = x.info().color.full_range ? AVCOL_RANGE_JPEG
                                                 : AVCOL_RANGE_MPEG;
  codec->time_base = microsecond;
  codec->framerate = av_d2q(fps, 1000);
  codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  codec->thread_count = 1;
  av::options options;
  options.set("preset", "veryfast");
  options.set("crf", "23");
  if (auto rc = avcodec_open2(codec.get(), nullptr, options.get()); rc < 0)
    return fail(ec::codec, rc);
  auto rc = make_output(file);
  if (rc < 0)
    return fail(ec::io, rc);
  auto* stream = av::allocated(avformat_new_stream(file.get(), nullptr));
  rc = avcodec_parameters_from_context(stream->codecpar, codec.get());
  stream->time_base = microsecond;
  if (rc >= 0)
    rc = avio_open(&file->pb, path.c_str(), AVIO_FLAG_WRITE);
  if (rc >= 0)
    rc = avformat_write_header(file.get(), nullptr);
  return rc < 0 ? fail(ec::io, rc) : caf::error{};
}

// Times from 0, always growing, whatever the frames say.
int64_t mp4_writer::impl::time_of(const frame& x) {
  auto us = x.info().pts_us;
  if (us == no_time)
    us = std::llround(static_cast<double>(frames) * 1e6 / fps);
  if (first_us == no_time)
    first_us = us;
  last_us = std::max(us - first_us, last_us + 1);
  return last_us;
}

caf::error mp4_writer::impl::encode(const AVFrame* x) {
  auto rc = avcodec_send_frame(codec.get(), x);
  if (rc < 0)
    return fail(ec::codec, rc);
  while ((rc = avcodec_receive_packet(codec.get(), packet.get())) >= 0) {
    packet->stream_index = 0;
    // Without it the last frame takes no time, and players never show it.
    if (packet->duration == 0)
      packet->duration = std::llround(1e6 / fps);
    av_packet_rescale_ts(packet.get(), codec->time_base,
                         file->streams[0]->time_base);
    if (rc = av_interleaved_write_frame(file.get(), packet.get()); rc < 0)
      return fail(ec::io, rc);
  }
  return rc == AVERROR(EAGAIN) || rc == AVERROR_EOF ? caf::error{}
                                                    : fail(ec::codec, rc);
}

mp4_writer::mp4_writer(std::string path, double fps)
  : impl_(std::make_unique<impl>()) {
  av::quiet();
  impl_->path = std::move(path);
  impl_->fps = fps > 0 ? fps : 30;
}

mp4_writer::mp4_writer(mp4_writer&&) noexcept = default;

mp4_writer& mp4_writer::operator=(mp4_writer&&) noexcept = default;

mp4_writer::~mp4_writer() {
  if (impl_)
    finish();
}

uint64_t mp4_writer::letterboxed() const {
  return impl_->letterboxed;
}

caf::error mp4_writer::add(const frame& x) {
  return av::guarded("write a frame", [&] { return try_add(x); });
}

caf::error mp4_writer::try_add(const frame& x) {
  auto& st = *impl_;
  av::forget_log();
  if (!x || st.finished)
    return st.fail(ec::bad_input, AVERROR(EINVAL));
  if (!st.file)
    if (auto err = st.open(x))
      return err;
  auto fitted = letterbox(x, st.codec->width, st.codec->height);
  if (!fitted)
    return fitted.error();
  st.letterboxed += !(*fitted == x);
  av::frame_ptr picture{av::allocated(av_frame_clone(fitted->pixels().get()))};
  picture->format = AV_PIX_FMT_YUV420P;
  picture->pict_type = AV_PICTURE_TYPE_NONE;
  picture->pts = st.time_of(x);
  ++st.frames;
  return st.encode(picture.get());
}

caf::error mp4_writer::finish() {
  auto& st = *impl_;
  if (st.finished || !st.file || !st.file->pb)
    return caf::none;
  st.finished = true;
  auto err = st.encode(nullptr);
  auto rc = av_write_trailer(st.file.get());
  if (auto closed = avio_closep(&st.file->pb); rc >= 0)
    rc = closed;
  if (!err && rc < 0)
    err = st.fail(ec::io, rc);
  return err;
}

caf::expected<blob> to_fragmented_mp4(const chunk& x) {
  av::quiet();
  av::forget_log();
  return av::guarded("write a chunk as MP4", [&]() -> caf::expected<blob> {
    memory_file file;
    auto rc = open_fragments(file, x);
    if (rc >= 0)
      rc = write_frames(*file.context, x);
    if (rc >= 0)
      rc = av_write_trailer(file.context.get());
    if (rc < 0)
      return av::failed(rc == AVERROR_INVALIDDATA ? ec::bad_input : ec::codec,
                        "write chunk " + std::to_string(x.seq) + " as MP4", rc,
                        "give a whole chunk");
    return file.take();
  });
}

} // namespace vpaas
