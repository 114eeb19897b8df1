#include "runtime/media/segmenter.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

// Stamps beyond 300 years are damage; without them no sum can overflow.
int64_t sane(int64_t us) {
  constexpr int64_t limit = int64_t{1} << 53;
  return us > -limit && us < limit ? us : no_time;
}

bool passed(int64_t from_us, int64_t to_us, caf::timespan limit) {
  return from_us != no_time && to_us != no_time
         && std::chrono::microseconds{to_us - from_us} >= limit;
}

} // namespace

segmenter::segmenter(std::string stream, segment_limits limits,
                     stream_position from)
  : stream_(std::move(stream)), limits_(limits), number_(from.segment),
    next_frame_(from.frame) {
  // nop
}

void segmenter::restart(codec_parameters codec, uint32_t reorder_depth) {
  codec_ = std::move(codec);
  limits_.reorder_depth = reorder_depth;
  started_ = false;
  discontinuity_ = number_ > 0;
  packets_.clear();
  bytes_.clear();
}

std::optional<segment> segmenter::push(const packet_view& x,
                                       caf::timestamp captured) {
  auto pts = sane(x.pts_us);
  auto dts = sane(x.dts_us);
  auto now = time_of(dts, pts);
  if (!started_ && (!x.key || (limits_.wait_for_time && now == no_time))) {
    ++discarded_;
    return std::nullopt;
  }
  if (continues(pts, dts)) {
    bytes_.insert(bytes_.end(), x.data, x.data + x.size);
    packets_.back().size += static_cast<uint32_t>(x.size);
    return std::nullopt;
  }
  std::optional<segment> result;
  if (!started_) {
    open_segment();
    segment_start_us_ = now;
  } else if (x.key
             && (passed(segment_start_us_, now, limits_.min_time)
                 || now == no_time || segment_start_us_ == no_time
                 || now < segment_start_us_)) {
    // A key frame without a usable time starts a segment too.
    if (!packets_.empty())
      result = take(packets_.size());
    open_segment();
    segment_start_us_ = now;
  } else if (due(x)) {
    if (auto n = cut_point(); n > 0)
      result = take(n);
  }
  bytes_.insert(bytes_.end(), x.data, x.data + x.size);
  packets_.push_back(
    {static_cast<uint32_t>(x.size), x.key, pts, dts, captured});
  return result;
}

std::optional<segment> segmenter::finish() {
  if (packets_.empty())
    return std::nullopt;
  return take(packets_.size());
}

// RTP hands the slices of one picture on in several packets at times.
bool segmenter::continues(int64_t pts_us, int64_t dts_us) const {
  if (packets_.empty() || pts_us == no_time || dts_us == no_time)
    return false;
  auto& last = packets_.back();
  auto sliced = codec_.codec == "h264" || codec_.codec == "hevc";
  return sliced && last.pts_us == pts_us && last.dts_us == dts_us;
}

bool segmenter::due(const packet_view& x) const {
  if (packets_.empty())
    return false;
  // The first packets of a stream may come without times.
  auto first = std::find_if(packets_.begin(), packets_.end(), [this](auto& p) {
    return time_of(p.dts_us, p.pts_us) != no_time;
  });
  auto start = first == packets_.end() ? no_time
                                       : time_of(first->dts_us, first->pts_us);
  return packets_.size() >= limits_.max_packets
         || bytes_.size() + x.size > limits_.max_bytes
         || passed(start, time_of(sane(x.dts_us), sane(x.pts_us)),
                   limits_.part_time);
}

// Returns the largest n such that the first n packets are shown before all
// others, with as many others known as reordering may hold back; all where
// the packets have no times or a bound of memory is reached.
size_t segmenter::cut_point() const {
  auto n = packets_.size();
  auto full = n >= 2 * limits_.max_packets
              || bytes_.size() >= 2 * limits_.max_bytes;
  auto depth = size_t{limits_.reorder_depth};
  auto timed = std::all_of(packets_.begin(), packets_.end(),
                           [](auto& x) { return x.pts_us != no_time; });
  if (depth == 0 || full || !timed)
    return n;
  std::vector<int64_t> latest; // of the first i + 1 packets
  for (auto& x : packets_)
    latest.push_back(latest.empty() ? x.pts_us
                                    : std::max(latest.back(), x.pts_us));
  auto earliest = packets_.back().pts_us;
  for (auto i = n - 1; i > 0; --i) {
    earliest = std::min(earliest, packets_[i].pts_us);
    if (n - i > depth && latest[i - 1] < earliest)
      return i;
  }
  return 0;
}

segment segmenter::take(size_t count) {
  segment result;
  result.stream = stream_;
  result.number = number_;
  result.part = part_++;
  result.first_frame = next_frame_;
  result.discontinuity = discontinuity_;
  result.codec = codec_;
  size_t size = 0;
  for (size_t i = 0; i < count; ++i)
    size += packets_[i].size;
  auto last = packets_.begin() + static_cast<std::ptrdiff_t>(count);
  auto end = bytes_.begin() + static_cast<std::ptrdiff_t>(size);
  result.packets.assign(packets_.begin(), last);
  result.bytes = blob{{bytes_.begin(), end}};
  packets_.erase(packets_.begin(), last);
  bytes_.erase(bytes_.begin(), end);
  next_frame_ += count;
  discontinuity_ = false;
  return result;
}

void segmenter::open_segment() {
  started_ = true;
  ++number_;
  part_ = 0;
}

int64_t segmenter::time_of(int64_t dts_us, int64_t pts_us) const {
  return dts_us != no_time ? dts_us : pts_us;
}

} // namespace vpaas
