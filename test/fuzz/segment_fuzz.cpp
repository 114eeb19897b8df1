// libFuzzer on the segment decoder: whatever a camera sends, each keyframe
// comes out or is lost, never a crash, a leak or growth. The first byte chooses
// the codec; then packets follow, each two bytes of length and its bytes.
// FFmpeg itself is not instrumented: what it does wrong shows as a crash only.

#include "runtime/media/decoder.hpp"
#include "runtime/media/segmenter.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

using namespace vpaas;

namespace {

constexpr const char* codecs[] = {"h264", "hevc", "vp9", "av1", "mjpeg"};

std::vector<segment> cut(const uint8_t* data, size_t size) {
  segment_limits limits;
  limits.part_time = std::chrono::milliseconds{200};
  segmenter cutter{"fuzz", limits};
  codec_parameters codec;
  codec.codec = codecs[data[0] % 5];
  cutter.restart(std::move(codec), data[0] / 5 % 3);
  std::vector<segment> result;
  auto take = [&](std::optional<segment> x) {
    if (x)
      result.push_back(std::move(*x));
  };
  int64_t time = 0;
  for (size_t at = 1; at + 2 < size && time < 64'000'000; time += 40'000) {
    auto length = static_cast<size_t>(data[at] << 8 | data[at + 1]);
    at += 2;
    length = std::clamp<size_t>(length, 1, size - at);
    auto key = time == 0 || data[at] % 8 == 0;
    take(cutter.push({data + at, length, key, time, time}, {}));
    at += length;
  }
  take(cutter.finish());
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4)
    return 0;
  decoder uut{{3, 1, data[0] >= 128}};
  uint64_t due = 0, came = 0;
  auto take = [&](const decoded& x) {
    came += x.frames.size() + x.lost.size();
  };
  for (auto& x : cut(data, size)) {
    due += keyframes_in(x, 3);
    take(uut.decode(x));
  }
  take(uut.finish());
  if (due != came)
    std::abort();
  return 0;
}
