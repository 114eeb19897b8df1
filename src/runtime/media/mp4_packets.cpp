#include "runtime/media/mp4_packets.hpp"

#include "runtime/media/bitstream.hpp"
#include "runtime/media/picture_decoder.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>

namespace vpaas {

std::vector<uint8_t> sets_within(const segment& x) {
  std::vector<uint8_t> result;
  auto hevc = x.codec.codec == "hevc";
  if (!hevc && x.codec.codec != "h264")
    return result;
  std::set<int> found;
  auto size = x.packets.front().size;
  for_each_nal(x.bytes.data(), size, 0, [&](const uint8_t* nal, size_t n) {
    auto type = hevc ? nal[0] >> 1 & 63 : nal[0] & 31;
    if (hevc ? type < 32 || type > 34 : type != 7 && type != 8)
      return;
    while (n > 1 && nal[n - 1] == 0)
      --n; // zeroes of the next start code
    result.insert(result.end(), {0, 0, 0, 1});
    result.insert(result.end(), nal, nal + n);
    found.insert(type);
  });
  return found.size() == (hevc ? 3u : 2u) ? result : std::vector<uint8_t>{};
}

void look_at_pictures(const segment& x, AVCodecParameters& to) {
  auto decoder = picture_decoder::open(x.codec, 1);
  if (!decoder)
    return;
  size_t offset = 0;
  std::optional<av::frame_ptr> picture;
  auto receive = [&] {
    auto got = decoder->receive();
    if (got && *got)
      picture = std::move(**got);
  };
  for (size_t i = 0; i < x.packets.size() && !picture; ++i) {
    decoder->send(x.bytes.data() + offset, x.packets[i].size, 0);
    receive();
    offset += x.packets[i].size;
  }
  if (!picture) {
    decoder->drain();
    receive();
  }
  if (!picture)
    return;
  to.width = (*picture)->width;
  to.height = (*picture)->height;
  to.format = (*picture)->format;
}

void set_extradata(AVCodecParameters& to, const uint8_t* data, size_t size) {
  av_freep(&to.extradata);
  to.extradata_size = 0;
  if (size == 0)
    return;
  to.extradata = av::padded_copy(data, size);
  to.extradata_size = static_cast<int>(size);
}

std::vector<int64_t> coding_times(const std::vector<packet>& xs, double fps) {
  auto nominal = std::llround(1e6 / fps);
  std::vector<int64_t> result;
  result.reserve(xs.size());
  for (auto& x : xs)
    result.push_back(x.dts_us);
  auto known = [](int64_t x) { return x != no_time; };
  auto first = std::find_if(result.begin(), result.end(), known);
  if (first != result.end()) {
    for (auto i = first; i != result.begin(); --i)
      *std::prev(i) = *i - nominal;
    for (auto i = std::next(first); i != result.end(); ++i)
      if (*i == no_time)
        *i = *std::prev(i) + nominal;
    return result;
  }
  // In the order of display, but for the pictures that are held back.
  for (size_t i = 0; i < xs.size(); ++i)
    result[i] = xs[i].pts_us;
  if (!std::all_of(result.begin(), result.end(), known))
    return result;
  std::sort(result.begin(), result.end());
  int64_t delay = 0;
  for (size_t i = 0; i < xs.size(); ++i)
    delay = std::max(delay, result[i] - xs[i].pts_us);
  for (auto& x : result)
    x -= delay;
  return result;
}

} // namespace vpaas
