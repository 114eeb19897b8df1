#include "runtime/media/segmenter.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

// Parameter sets that wait for their picture; more is no stream of pictures.
constexpr size_t max_sets = 1 << 20;

// Stamps beyond 300 years are damage; without them no sum can overflow.
int64_t sane(int64_t us) {
  constexpr int64_t limit = int64_t{1} << 53;
  return us > -limit && us < limit ? us : no_time;
}

int64_t microseconds_of(caf::timespan x) {
  return std::chrono::duration_cast<std::chrono::microseconds>(x).count();
}

// Writes parameter sets as units of a stream of this form.
void write_sets(const blob& extradata, bool hevc, size_t length_size,
                std::vector<uint8_t>& to) {
  for_each_set(extradata, hevc, [&](const uint8_t* nal, size_t n) {
    if (length_size == 0)
      to.insert(to.end(), {0, 0, 0, 1});
    for (auto i = length_size; i > 0; --i)
      to.push_back(static_cast<uint8_t>(n >> (8 * (i - 1))));
    to.insert(to.end(), nal, nal + n);
  });
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
  next_codec_.reset();
  limits_.reorder_depth = reorder_depth;
  rules_ = bitstream_rules{codec_};
  line_.restart(codec_.fps, limits_.live);
  started_ = false;
  timed_ = false;
  reopened_ = number_ > 0;
  jumped_ = false;
  sets_.clear();
  packets_.clear();
  places_.clear();
  bytes_.clear();
}

std::optional<segment> segmenter::push(const packet_view& x,
                                       caf::timestamp captured) {
  std::optional<segment> result;
  if (x.changed)
    result = change(x);
  auto facts = rules_.look(x.data, x.size, x.key);
  if (facts.empty) {
    if (sets_.size() + x.size > max_sets)
      sets_.clear();
    sets_.insert(sets_.end(), x.data, x.data + x.size);
    return result;
  }
  if (!started_ && waits_for_start(x, facts))
    return result;
  if (facts.continues && !packets_.empty()) {
    append(x);
    return result;
  }
  arrival in{x, facts, sane(x.pts_us), sane(x.dts_us), {}, captured};
  auto time = in.dts_us != no_time ? in.dts_us : in.pts_us;
  in.now = line_.advance(time, captured);
  jumped_ = jumped_ || in.now.jumped;
  if (!started_)
    begin(in);
  else if (auto part = cut(in))
    result = std::move(part);
  if (time != no_time)
    give_times(time);
  packets_.push_back({0, x.key, hide(in), in.pts_us, in.dts_us, captured});
  places_.push_back(in.now.at_us);
  append(x);
  return result;
}

std::optional<segment> segmenter::finish() {
  if (packets_.empty())
    return std::nullopt;
  return take(packets_.size());
}

// At a key picture a segment begins with what is new. In the middle of one,
// parameter sets are written before the picture, as a stream without a
// container would have them.
std::optional<segment> segmenter::change(const packet_view& x) {
  auto before = codec_;
  auto next = *x.changed;
  bitstream_rules rules{next};
  if (started_ && !x.key && rules_.has_units() && next.codec == before.codec
      && rules.length_size() == rules_.length_size()) {
    write_sets(next.extradata, next.codec == "hevc", rules_.length_size(),
               sets_);
    next_codec_ = std::move(next);
    return std::nullopt;
  }
  std::optional<segment> result;
  if (!packets_.empty())
    result = take(packets_.size());
  codec_ = std::move(next);
  next_codec_.reset();
  rules_ = rules;
  started_ = false;
  return result;
}

// A picture whose first slices are missing is no start.
bool segmenter::waits_for_start(const packet_view& x,
                                const packet_facts& facts) {
  if (!facts.continues && !facts.headless && (x.key || facts.start))
    return false;
  discarded_ += !facts.continues;
  sets_.clear();
  return true;
}

void segmenter::begin(const arrival& x) {
  started_ = true;
  recovering_ = !x.facts.recovered;
  leading_ = !x.facts.clean_start;
  start_pts_us_ = x.pts_us;
  open_segment(x.now.at_us);
}

std::optional<segment> segmenter::cut(const arrival& x) {
  std::optional<segment> result;
  auto length = x.now.at_us - segment_at_us_;
  if ((x.view.key || x.facts.start)
      && (jumped_ || length >= microseconds_of(limits_.min_time))) {
    if (!packets_.empty())
      result = take(packets_.size());
    open_segment(x.now.at_us);
  } else if (due(x)) {
    if (auto n = cut_point(); n > 0)
      result = take(n);
  }
  return result;
}

void segmenter::open_segment(int64_t at_us) {
  ++number_;
  part_ = 0;
  segment_at_us_ = at_us;
  auto reopened = std::exchange(reopened_, false);
  auto jumped = std::exchange(jumped_, false);
  discontinuity_ = reopened || jumped;
  connected_ = jumped && !reopened;
  if (next_codec_)
    codec_ = *std::exchange(next_codec_, std::nullopt);
}

// Where decoding begins at a picture that others after it may look behind,
// decoders hold those back.
bool segmenter::hide(const arrival& x) {
  if (x.facts.recovered)
    recovering_ = false;
  auto timeless = x.pts_us == no_time && x.dts_us == no_time;
  auto early = x.pts_us != no_time && x.pts_us < start_pts_us_;
  auto needs_others = rules_.names_leading()
                        ? x.facts.leading
                        : start_pts_us_ != no_time && (timeless || early);
  auto result = x.view.hidden || x.facts.hidden || recovering_
                || (leading_ && needs_others);
  if (x.facts.start && x.pts_us != start_pts_us_)
    leading_ = false;
  return result;
}

// The first picture of a connection comes without a time at times.
void segmenter::give_times(int64_t first_us) {
  if (std::exchange(timed_, true) || !limits_.live)
    return;
  auto time = first_us;
  for (auto i = packets_.rbegin(); i != packets_.rend(); ++i) {
    time -= line_.nominal_us();
    i->pts_us = i->dts_us = time;
  }
}

void segmenter::append(const packet_view& x) {
  packets_.back().size += static_cast<uint32_t>(sets_.size() + x.size);
  bytes_.insert(bytes_.end(), sets_.begin(), sets_.end());
  bytes_.insert(bytes_.end(), x.data, x.data + x.size);
  sets_.clear();
}

bool segmenter::due(const arrival& x) const {
  return !packets_.empty()
         && (packets_.size() >= limits_.max_packets
             || bytes_.size() + x.view.size > limits_.max_bytes
             || x.now.at_us - places_.front()
                  >= microseconds_of(limits_.part_time));
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
  result.discontinuity = std::exchange(discontinuity_, false);
  result.connected = std::exchange(connected_, false);
  result.codec = codec_;
  size_t size = 0;
  for (size_t i = 0; i < count; ++i)
    size += packets_[i].size;
  auto last = packets_.begin() + static_cast<std::ptrdiff_t>(count);
  auto end = bytes_.begin() + static_cast<std::ptrdiff_t>(size);
  result.packets.assign(packets_.begin(), last);
  result.bytes = blob{{bytes_.begin(), end}};
  packets_.erase(packets_.begin(), last);
  places_.erase(places_.begin(),
                places_.begin() + static_cast<std::ptrdiff_t>(count));
  bytes_.erase(bytes_.begin(), end);
  next_frame_ = end_frame(result);
  return result;
}

} // namespace vpaas
