#include "runtime/media/bitstream.hpp"
#include "runtime/media/fragmenter.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace vpaas {

namespace {

using bytes = std::vector<uint8_t>;

template <class... Ts>
std::string print(const char* format, Ts... xs) {
  char text[64];
  std::snprintf(text, sizeof text, format, xs...);
  return text;
}

/// The first unit of this type, without the bytes that only keep start codes
/// apart.
bytes unit_of(const uint8_t* sets, size_t size, bool hevc, int type) {
  bytes result;
  for_each_nal(sets, size, 0, [&](const uint8_t* nal, size_t n) {
    if (!result.empty() || n < 2
        || (hevc ? nal[0] >> 1 & 63 : nal[0] & 31) != type)
      return;
    for (size_t i = 0; i < n; ++i)
      if (i < 2 || nal[i] != 3 || nal[i - 1] != 0 || nal[i - 2] != 0)
        result.push_back(nal[i]);
  });
  return result;
}

/// Of profile, tier and level as a sequence parameter set begins with them:
/// ISO/IEC 14496-15, annex E.
std::string hevc_string(const uint8_t* x) {
  uint32_t compatible = 0;
  for (int i = 0; i < 32; ++i)
    compatible |= (uint32_t{x[1 + i / 8]} >> (7 - i % 8) & 1) << i;
  auto result = std::string{"hvc1."};
  if (auto space = x[0] >> 6; space > 0)
    result += static_cast<char>('A' + space - 1);
  result += print("%d.%X.%c%d", x[0] & 31, compatible,
                  (x[0] & 32) != 0 ? 'H' : 'L', x[11]);
  auto last = 6;
  while (last > 0 && x[4 + last] == 0)
    --last;
  for (int i = 1; i <= last; ++i)
    result += print(".%X", x[4 + i]);
  return result;
}

} // namespace

std::string codec_string(const std::string& codec, const uint8_t* sets,
                         size_t size) {
  auto boxed = size > 4 && sets[0] == 1;
  if (codec == "h264") {
    if (boxed)
      return print("avc1.%02x%02x%02x", sets[1], sets[2], sets[3]);
    auto sps = unit_of(sets, size, false, 7);
    return sps.size() < 4 ? std::string{}
                          : print("avc1.%02x%02x%02x", sps[1], sps[2], sps[3]);
  }
  if (codec == "hevc") {
    if (boxed)
      return size < 13 ? std::string{} : hevc_string(sets + 1);
    auto sps = unit_of(sets, size, true, 33);
    return sps.size() < 15 ? std::string{} : hevc_string(sps.data() + 3);
  }
  if (codec == "av1")
    return size > 3 && sets[0] == 0x81
             ? print("av01.%d.%02d%c.%02d", sets[1] >> 5, sets[1] & 31,
                     (sets[2] & 128) != 0 ? 'H' : 'M',
                     (sets[2] & 64) != 0 ? 10 : 8)
             : std::string{"av01.0.08M.08"};
  return codec == "vp9" ? "vp09.00.41.08" : "";
}

} // namespace vpaas
